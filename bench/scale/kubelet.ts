/**
 * What a kubelet serves, because the lab's kubelets serve only the metrics that the rules need. The metrics of the
 * containers are those that cAdvisor 0.56 has for the sets that the kubelet of Kubernetes 1.36 asks for. The kubelet's
 * own metrics have the names and the number of series (about 2,000) of a kubelet with 25 kinds of runtime operations.
 */
import { placeholder } from "./exposition";

type Labels = Readonly<Record<string, string>>;

/** One metric for each control group: its name, its type, and the labels of its series besides the group's. */
const ofGroup: readonly (readonly [name: string, type: "counter" | "gauge", series?: readonly Labels[]])[] = [
  ["container_cpu_usage_seconds_total", "counter", [{ cpu: "total" }]],
  ["container_cpu_user_seconds_total", "counter"],
  ["container_cpu_system_seconds_total", "counter"],
  ...["cache", "rss", "kernel_usage", "mapped_file", "swap", "failcnt", "usage_bytes", "max_usage_bytes"].map(
    (name) => [`container_memory_${name}`, "gauge"] as const,
  ),
  ...["working_set_bytes", "total_active_file_bytes", "total_inactive_file_bytes"].map(
    (name) => [`container_memory_${name}`, "gauge"] as const,
  ),
  [
    "container_memory_failures_total",
    "counter",
    ["pgfault", "pgmajfault"].flatMap((failure_type) =>
      ["container", "hierarchy"].map((scope) => ({ failure_type, scope })),
    ),
  ],
  ...["reads_total", "reads_bytes_total", "writes_total", "writes_bytes_total"].map(
    (name) => [`container_fs_${name}`, "counter", [{ device: "/dev/nvme0n1" }]] as const,
  ),
  [
    "container_blkio_device_usage_total",
    "counter",
    ["Read", "Write"].map((operation) => ({ device: "/dev/nvme0n1", major: "259", minor: "0", operation })),
  ],
  ...["processes", "file_descriptors", "sockets", "threads_max", "threads"].map(
    (name) => [`container_${name}`, "gauge"] as const,
  ),
  ["container_ulimits_soft", "gauge", [{ ulimit: "max_open_files" }]],
  ["container_oom_events_total", "counter"],
  ...["cpu", "memory", "io"].flatMap((resource) =>
    ["waiting", "stalled"].map(
      (state) => [`container_pressure_${resource}_${state}_seconds_total`, "counter"] as const,
    ),
  ),
  ["container_last_seen", "gauge"],
  ["container_start_time_seconds", "gauge"],
  ...[
    "cpu_period",
    "cpu_shares",
    "memory_limit_bytes",
    "memory_reservation_limit_bytes",
    "memory_swap_limit_bytes",
  ].map((name) => [`container_spec_${name}`, "gauge"] as const),
];

/** The metrics of a container that has a limit of processor time. */
const ofLimit = [
  ["container_spec_cpu_quota", "gauge"],
  ["container_cpu_cfs_periods_total", "counter"],
  ["container_cpu_cfs_throttled_periods_total", "counter"],
  ["container_cpu_cfs_throttled_seconds_total", "counter"],
] as const;

/** The metrics of a pod's network interface. */
const ofNetwork = ["receive", "transmit"].flatMap((direction) =>
  ["bytes", "packets", "packets_dropped", "errors"].map(
    (what) => [`container_network_${direction}_${what}_total`, "counter", [{ interface: "eth0" }]] as const,
  ),
);

/** The text of `/metrics/cadvisor` of a node with that many pods, each with one container. */
export function cadvisorText(pods: number): string {
  const families = new Map<string, string[]>();
  const add = (metrics: typeof ofGroup, labels: Labels) => {
    for (const [name, type, series = [{}]] of metrics) {
      const lines = families.get(name) ?? [`# HELP ${name} As cAdvisor describes it.`, `# TYPE ${name} ${type}`];
      for (const further of series) {
        const value = lines.length * (name.includes("seconds") ? 1000.123456 : 100_003);
        lines.push(line(name, { ...labels, ...further }, value));
      }
      families.set(name, lines);
    }
  };
  const outside = { container: "", image: "", name: "", namespace: "", pod: "" };
  const slices = ["", "kubepods.slice", "kubepods.slice/kubepods-burstable.slice", "system.slice"];
  for (const id of [...slices, "system.slice/containerd.service", "system.slice/kubelet.service"])
    add(ofGroup, { ...outside, id: `/${id}` });
  for (let pod = 0; pod < pods; pod++) {
    const uid = hex(`${placeholder}-${pod}`, 32);
    const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice`;
    const named = { namespace: "apps", pod: `app-${placeholder}-${pod >> 1}-${uid.slice(-10)}-${uid.slice(-5)}` };
    const running = (container: string, image: string) => {
      const name = hex(`${placeholder}-${pod}-${container}`, 64);
      return { container, image, name, id: `${slice}/cri-containerd-${name}.scope`, ...named };
    };
    add(ofGroup, { container: "", image: "", name: "", id: slice, ...named });
    const sandbox = running("", "registry.k8s.io/pause:3.10.1");
    add([...ofGroup, ...ofNetwork], sandbox);
    add([...ofGroup, ...ofLimit], running("app", "registry.example/team/application:1.24.3"));
  }
  return [...families.values()].flat().join("\n");
}

/** The kubelet's histograms: their names, and the label sets of each. */
const histograms: readonly (readonly [name: string, label: string, values: readonly string[]])[] = [
  ["kubelet_runtime_operations_duration_seconds", "operation_type", numbered("operation", 25)],
  ["kubelet_http_requests_duration_seconds", "path", numbered("path", 10)],
  ["rest_client_request_duration_seconds", "verb", numbered("verb", 20)],
  ["rest_client_request_size_bytes", "verb", numbered("verb", 10)],
  ["rest_client_response_size_bytes", "verb", numbered("verb", 10)],
  ["storage_operation_duration_seconds", "operation_name", numbered("operation", 12)],
  ["volume_operation_total_seconds", "operation_name", numbered("operation", 4)],
  ["workqueue_queue_duration_seconds", "name", numbered("queue", 2)],
  ["workqueue_work_duration_seconds", "name", numbered("queue", 2)],
  ["kubelet_pod_worker_duration_seconds", "operation_type", ["create", "sync", "terminate", "update"]],
  ["kubelet_cgroup_manager_duration_seconds", "operation_type", ["create", "destroy", "update"]],
  ["kubelet_pleg_relist_duration_seconds", "", [""]],
  ["kubelet_pleg_relist_interval_seconds", "", [""]],
  ["kubelet_pod_start_duration_seconds", "", [""]],
  ["kubelet_pod_start_sli_duration_seconds", "", [""]],
  ["kubelet_pod_worker_start_duration_seconds", "", [""]],
  ["kubelet_pod_status_sync_duration_seconds", "", [""]],
  ["kubelet_containers_per_pod_count", "", [""]],
  ["kubelet_certificate_manager_server_ttl_seconds", "", [""]],
];
const bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "+Inf"];

/** Counters and gauges of the kubelet that rules use, and as many others as a kubelet has. */
const counters = ["kubelet_evictions", "kubelet_run_podsandbox_errors_total", "kubelet_server_expiration_renew_errors"];
const volumes = ["available_bytes", "capacity_bytes", "used_bytes", "inodes", "inodes_free", "inodes_used"];

/** The text of `/metrics` of a node's kubelet, with two volumes. */
export function kubeletText(pods: number): string {
  const lines: string[] = [];
  const family = (name: string, type: string, series: readonly (readonly [string, Labels, number])[]) => {
    lines.push(`# HELP ${name} As the kubelet describes it.`, `# TYPE ${name} ${type}`);
    series.forEach(([metric, labels, value]) => lines.push(line(metric, labels, value)));
  };
  for (const [name, label, values] of histograms) {
    const series = values.flatMap((value, index) => {
      const labels: Labels = label === "" ? {} : { [label]: value };
      const count = 1000 * (index + 1);
      const buckets = bounds.map(
        (le, at) => [`${name}_bucket`, { ...labels, le }, Math.min(count, count / 2 + at * 50)] as const,
      );
      return [...buckets, [`${name}_sum`, labels, count / 40] as const, [`${name}_count`, labels, count] as const];
    });
    family(name, "histogram", series);
  }
  for (const name of [...counters, ...numbered("kubelet_other_total", 120)]) family(name, "counter", [[name, {}, 0]]);
  for (const name of numbered("go_memstats_and_more", 90)) family(name, "gauge", [[name, {}, 12345678]]);
  family("kubelet_node_name", "gauge", [["kubelet_node_name", { node: placeholder }, 1]]);
  family("kubelet_running_pods", "gauge", [["kubelet_running_pods", {}, pods]]);
  for (const what of volumes) {
    const name = `kubelet_volume_stats_${what}`;
    const value = what.includes("used") ? 2 ** 30 : 2 ** 33;
    const claims = [0, 1].map((claim) => ({
      namespace: "apps",
      persistentvolumeclaim: `data-${placeholder}-${claim}`,
    }));
    family(
      name,
      "gauge",
      claims.map((labels) => [name, labels, value] as const),
    );
  }
  return lines.join("\n");
}

function line(metric: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
  return `${metric}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}_${index}`);
}

/** A string of that length that looks like an id and contains `text`, by which it differs from others. */
function hex(text: string, length: number): string {
  return `${text}-`.padEnd(length, "0123456789abcdef");
}
