import * as assert from "node:assert/strict";
import { AutoscalingV2Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { catalog } from "../../../alerts/catalog";
import type { Lab } from "../../../lab/lab";
import { clientConfig } from "../../../lab/control-plane/client";
import { PrometheusApi } from "../../../lab/prometheus-api";
import type { Urls } from "../../../lab/web";
import { needsOf } from "./rule-needs";
import { until } from "../until";

const namespace = "default";
/** The selectors for which this stack has no series, with the reason. */
const unseen: Readonly<Record<string, string>> = {
  'ALERTS{alertname="InstanceDown", alertstate="firing"}': "no target is down",
  'ALERTS{alertname="InstanceDown", job="kubernetes-nodes"}': "no target is down",
  'ALERTS{alertname="InstanceDown", app_kubernetes_io_name="prometheus-node-exporter"}': "no target is down",
  'ALERTS{alertname="NodeNotReady", alertstate="firing"}': "every node is ready",
  'prometheus_sd_kubernetes_http_request_total{job="prometheus", status_code!~"2.."}': "the API server refuses nothing",
  'prometheus_sd_refresh_failures_total{job="prometheus"}':
    "counts only discoveries of custom jobs, and there are none",
  'ALERTS{alertname="EtcdSlow"}': "etcd is fast",
  'kube_job_complete{job="kubernetes-service-endpoints", condition="true"}': "the lab runs no pods of Jobs",
  'apiserver_request_total{job="kubernetes-api-servers", code=~"5..|429", subresource!="eviction", group!~"(.+\\\\.)?metrics\\\\.k8s\\\\.io"}':
    "no request has to fail",
  'apiserver_admission_webhook_rejection_count{job="kubernetes-api-servers", error_type!="no_error"}':
    "there is no webhook",
  'etcd_server_quota_backend_bytes{job="etcd", namespace="kube-system", node!=""}': "etcd is not scraped",
  'ALERTS{alertname="NodeFileSystemReadOnly"}': "no file system is read-only",
  'kube_node_spec_taint{job="kubernetes-service-endpoints", key=~"ToBeDeletedByClusterAutoscaler|karpenter.sh/disrupt(ed|ion)|aws-node-termination-handler/.+"}':
    "nothing removes a node",
  'kube_pod_init_container_status_waiting_reason{job="kubernetes-service-endpoints", reason="CrashLoopBackOff"}':
    "the lab's init containers succeed",
  // Not every kernel counts connections.
  'node_nf_conntrack_entries{job="kubernetes-service-endpoints"}': "the lab's nodes are this machine",
  'node_nf_conntrack_entries_limit{job="kubernetes-service-endpoints"}': "the lab's nodes are this machine",
  // The lab's control plane does not run in pods and elects no leader, and its kubelets are its own.
  ...Object.fromEntries(
    [
      'kube_lease_renew_time{job="kubernetes-service-endpoints", namespace="kube-system", lease=~"kube-scheduler|kube-controller-manager"}',
      'kube_pod_info{job="kubernetes-service-endpoints", namespace="kube-system", created_by_kind="Node"}',
      'kube_pod_info{job="kubernetes-service-endpoints", namespace="kube-system"}',
      'kube_pod_status_ready{job="kubernetes-service-endpoints", namespace="kube-system", condition="true"}',
      'kubelet_certificate_manager_client_expiration_renew_errors{job="kubernetes-nodes"}',
      'kubelet_evictions{job="kubernetes-nodes"}',
      'kubelet_server_expiration_renew_errors{job="kubernetes-nodes"}',
      'kubelet_run_podsandbox_errors_total{job="kubernetes-nodes"}',
      'kubelet_pleg_relist_duration_seconds_bucket{job="kubernetes-nodes"}',
    ].map((selector) => [selector, "the lab has no static pods, no leases of a leader, and its own kubelet"]),
  ),
};
/** Features that this stack does not have: their alerts are missing. */
const absent = ["alertmanager-replicas", "prometheus-replicas", "control-plane-scraped", "remote-write"];
/** Features without which alerts may be missing. */
const optional = ["heartbeat", ...absent];
/** The alerts that may be loaded in this stack. */
const loadable = catalog().filter(({ needs }) => !needs.some((feature) => absent.includes(feature)));
/** The alerts that this suite itself or other load on this machine may cause. */
const caused = ["JobFailed", "PodCrashLooping", "NodeCpuHigh", "NodeMemoryLow"];

const series = z.array(z.looseObject({ metric: z.record(z.string(), z.string()) }));
const queryAnswer = z.looseObject({ data: z.looseObject({ result: series }) });
const rulesAnswer = z.looseObject({
  data: z.looseObject({
    groups: z.array(
      z.looseObject({
        file: z.string(),
        rules: z.array(z.looseObject({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});

/**
 * Tests of the metrics that the rules need, on a stack that was just deployed with every rule. The tests do not change
 * the stack.
 */
export function describeRuleMetrics(lab: () => Lab, urls: () => Urls): void {
  let prometheus: PrometheusApi;
  let core: CoreV1Api;
  let batch: BatchV1Api;
  let autoscaling: AutoscalingV2Api;
  let idleSince: number;

  /** The labels of each series that a query returns. */
  async function query(text: string): Promise<Record<string, string>[]> {
    const answer = await prometheus.page(`/api/v1/query?query=${encodeURIComponent(text)}`);
    return queryAnswer.parse(JSON.parse(answer)).data.result.map(({ metric }) => metric);
  }

  before("record when everything was up", () => {
    const config = clientConfig(lab().controlPlane.labKubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    batch = config.makeApiClient(BatchV1Api);
    autoscaling = config.makeApiClient(AutoscalingV2Api);
    prometheus = new PrometheusApi(urls().prometheus, urls().access);
    idleSince = Date.now();
  });

  it("let every rule be loaded and evaluated without an error", async () => {
    const all = async () => rulesAnswer.parse(JSON.parse(await prometheus.page("/api/v1/rules"))).data.groups;
    await until("A first evaluation of every group", async () =>
      (await all()).every(({ rules }) => rules.every(({ health }) => health !== "unknown")),
    );
    const rules = (await all()).flatMap((group) => group.rules);
    assert.deepEqual(
      rules.filter(({ health, lastError }) => health !== "ok" || (lastError ?? "") !== ""),
      [],
    );
    const loaded = new Set(rules.map(({ name }) => name));
    const expected = catalog().filter(({ needs }) => !needs.some((feature) => optional.includes(feature)));
    const missing = expected.filter(({ name }) => !loaded.has(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it("let no alert fire while nothing happens, once everything is up", async () => {
    const minutes = 1;
    const counted =
      'sum by (rule_group) (increase(prometheus_rule_group_iterations_total{rule_group=~".+;Nodes"}[5m]))';
    const evaluations = (minutes * 60) / lab().profile.times.evaluation;
    await until(`${evaluations} evaluations`, async () => (await query(`${counted} >= ${evaluations}`)).length > 0);
    const firing = await query(`max_over_time(ALERTS{alertstate="firing"}[${ranFor()}])`);
    const names = new Set(firing.map(({ alertname }) => alertname ?? ""));
    ["Watchdog", ...caused].forEach((name) => names.delete(name));
    assert.deepEqual([...names], []);
  });

  describe("with a push, a failing Job, CronJobs, a crashing container, a quota and an autoscaler", () => {
    before("create them", async () => {
      const gateway = await lab().nodes.urlOf({ app: "prometheus-pushgateway" });
      const pushed = await fetch(`${gateway}/metrics/job/nightly`, { method: "POST", body: "rows_imported 7\n" });
      assert.equal(pushed.status, 200, await pushed.text());
      await makeCronJobs();
      await core.createNamespacedResourceQuota({
        namespace,
        body: { metadata: { name: "team" }, spec: { hard: { pods: "100" } } },
      });
      await autoscaling.createNamespacedHorizontalPodAutoscaler({
        namespace,
        body: {
          metadata: { name: "cart" },
          spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "cart" }, maxReplicas: 2 },
        },
      });
      await core.createNamespacedPod({
        namespace,
        body: {
          metadata: { name: "crashing" },
          // An unknown flag makes this real program crash.
          spec: {
            initContainers: [{ name: "wait", image: "registry.example/wait:v1" }],
            containers: [
              { name: "app", image: "registry.example/prometheus/node-exporter:v1", args: ["--no-such-flag"] },
            ],
          },
        },
      });
    });

    it("include series for every selector of every rule", async () => {
      const wanted = new Set(loadable.flatMap(({ expr }) => needsOf(expr).selectors));
      const missing = new Set([...wanted].filter((selector) => unseen[selector] === undefined));
      await until("A series of each selector", async () => {
        for (const selector of missing) if ((await seriesOf(selector)).length > 0) missing.delete(selector);
        return missing.size === 0;
      }).catch(() => undefined);
      assert.deepEqual([...missing], []);
      assert.deepEqual(
        Object.keys(unseen).filter((selector) => !wanted.has(selector)),
        [],
      );
    });

    it("have every label that a rule groups or joins by", async () => {
      const faults: string[] = [];
      for (const { name, expr } of loadable) {
        for (const { label, anyOf } of needsOf(expr).labels) {
          if (anyOf.every((selector) => unseen[selector] !== undefined)) continue;
          const found = (await Promise.all(anyOf.map(seriesOf))).flat();
          if (!found.some((labels) => (labels[label] ?? "") !== ""))
            faults.push(`${name}: ${label} of ${anyOf.join()}`);
        }
      }
      assert.deepEqual(faults, []);
    });

    it("report the failed Job of a CronJob until a later run succeeds", async () => {
      const told = async () =>
        (await prometheus.alerts()).some(
          ({ labels }) => labels.alertname === "JobFailed" && labels.job_name === "nightly-1",
        );
      await until("JobFailed", told);
      await succeed(new Date(Date.now() + 1000));
      await until("The end of JobFailed", async () => !(await told()));
    });

    it("report the crash loop with the pod's node, after a few restarts", async () => {
      const pod = await core.readNamespacedPod({ name: "crashing", namespace });
      const { expr } = catalog().find(({ name }) => name === "PodCrashLooping")!;
      // The changed expression accepts any number of restarts, so that the test need not wait for the fourth restart.
      const looping = async () => query(expr.replace(/> 3$/, ">= 0"));
      await until("The expression's result", async () => (await looping()).length > 0);
      assert.deepEqual(await looping(), [
        { namespace, pod: "crashing", container: "app", node: pod.spec?.nodeName ?? "" },
      ]);
    });

    after("remove them", async () => {
      await core.deleteNamespacedResourceQuota({ name: "team", namespace });
      await autoscaling.deleteNamespacedHorizontalPodAutoscaler({ name: "cart", namespace });
      await core.deleteNamespacedPod({ name: "crashing", namespace, gracePeriodSeconds: 0 });
      for (const name of ["nightly-1", "suspended"])
        await batch.deleteNamespacedJob({ name, namespace, propagationPolicy: "Background" });
      for (const name of ["nightly", "leap-day"]) await batch.deleteNamespacedCronJob({ name, namespace });
    });
  });

  const ranFor = () => `${Math.ceil((Date.now() - idleSince) / 1000)}s`;
  const seriesOf = (selector: string) => query(`last_over_time(${selector}[30m])`);

  /**
   * A CronJob that succeeded once, and whose last run failed because no node accepts its pod; and one that is not
   * suspended, and waits for its first run. And a Job that is suspended.
   */
  async function makeCronJobs(): Promise<void> {
    const template = {
      restartPolicy: "Never",
      nodeSelector: { nowhere: "true" },
      containers: [{ name: "import", image: "registry.example/import:v1" }],
    };
    const create = (name: string, spec: { schedule: string; suspend?: boolean }) =>
      batch.createNamespacedCronJob({
        namespace,
        body: { metadata: { name }, spec: { ...spec, jobTemplate: { spec: { template: { spec: template } } } } },
      });
    await create("leap-day", { schedule: "0 0 29 2 *" });
    const { metadata } = await create("nightly", { schedule: "0 3 * * *", suspend: true });
    await succeed(new Date(Date.now() - 86_400_000));
    await batch.createNamespacedJob({
      namespace,
      body: { metadata: { name: "suspended" }, spec: { suspend: true, template: { spec: template } } },
    });
    const owner = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: "nightly",
      uid: metadata?.uid ?? "",
      controller: true,
    };
    await batch.createNamespacedJob({
      namespace,
      body: {
        metadata: { name: "nightly-1", ownerReferences: [owner] },
        spec: { activeDeadlineSeconds: 1, template: { spec: template } },
      },
    });
  }

  /** Writes to the CronJob's status that a run succeeded at this time. */
  async function succeed(at: Date): Promise<void> {
    const cronJob = await batch.readNamespacedCronJob({ name: "nightly", namespace });
    cronJob.status = { ...cronJob.status, lastSuccessfulTime: at, lastScheduleTime: at };
    await batch.replaceNamespacedCronJobStatus({ name: "nightly", namespace, body: cronJob });
  }
}
