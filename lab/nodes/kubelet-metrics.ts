import * as fs from "node:fs/promises";
import type { Metric } from "./exposition";
import type { Kubelet } from "./kubelet";
import type { NodeSpec } from "./node-context";

/** Linux counts CPU time in hundredths of a second. */
const clockTicks = 100;
const pageBytes = 4096;

/** A kubelet's metrics about itself. */
export function kubeletMetrics(node: NodeSpec, kubelet: Pick<Kubelet, "pods">, startedAt: number): Metric[] {
  const pods = kubelet.pods();
  const running = pods.flatMap(({ runs }) => runs).filter((run) => run.process !== undefined).length;
  return [
    { name: "kubelet_node_name", type: "gauge", samples: [{ labels: { node: node.name }, value: 1 }] },
    { name: "kubelet_running_pods", type: "gauge", samples: [{ labels: {}, value: pods.length }] },
    {
      name: "kubelet_running_containers",
      type: "gauge",
      samples: [{ labels: { container_state: "running" }, value: running }],
    },
    { name: "process_start_time_seconds", type: "gauge", samples: [{ labels: {}, value: startedAt }] },
  ];
}

/** CPU and memory of the real processes. On systems without /proc, only the existence of each container is reported. */
export async function containerMetrics(node: NodeSpec, kubelet: Pick<Kubelet, "pods">): Promise<Metric[]> {
  const now = Date.now() / 1000;
  const seen: Metric = { name: "container_last_seen", type: "gauge", samples: [] };
  const cpu: Metric = { name: "container_cpu_usage_seconds_total", type: "counter", samples: [] };
  const memory: Metric = { name: "container_memory_working_set_bytes", type: "gauge", samples: [] };
  for (const { pod, runs } of kubelet.pods()) {
    for (const run of runs) {
      const labels = {
        container: run.container.name,
        image: run.container.image ?? "",
        namespace: pod.metadata?.namespace ?? "",
        pod: pod.metadata?.name ?? "",
      };
      const use = run.process === undefined ? undefined : await processUse(run.process.pid);
      if (run.process !== undefined) {
        seen.samples.push({ labels, value: now });
      }
      if (use !== undefined) {
        cpu.samples.push({ labels: { ...labels, cpu: "total" }, value: use.cpuSeconds });
        memory.samples.push({ labels, value: use.memoryBytes });
      }
    }
  }
  const cores = {
    name: "machine_cpu_cores",
    type: "gauge",
    samples: [{ labels: {}, value: node.role === "master" ? 2 : 4 }],
  };
  return [seen, cpu, memory, cores as Metric];
}

async function processUse(pid: number): Promise<{ cpuSeconds: number; memoryBytes: number } | undefined> {
  try {
    const [stat, statm] = await Promise.all([
      fs.readFile(`/proc/${pid}/stat`, "utf8"),
      fs.readFile(`/proc/${pid}/statm`, "utf8"),
    ]);
    // Only the fields after the command's name are split, because the name may contain spaces. Fields 14 and 15 of the
    // line are the user and system time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuSeconds: ticks / clockTicks, memoryBytes: Number(statm.split(" ")[1]) * pageBytes };
  } catch {
    // There is nothing to report: this system has no `/proc`, or the process has just ended.
    return undefined;
  }
}
