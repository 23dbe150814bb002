import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";
import { installEfsCsiDriver } from "../../lab/control-plane/csi-driver";
import { startControlPlane } from "../../lab/control-plane/start";
import { startLoadBalancers, type LoadBalancers } from "../../lab/load-balancer/start";
import { startNodes, type NodeSpec, type Nodes } from "../../lab/nodes/start";
import { findPrograms } from "../../lab/programs/find";
import { startSlack, type Slack } from "../../lab/slack/start";
import { findHelm, render } from "../support/lab/helm";
import { until } from "../support/until";

const NAMESPACE = "monitoring";
const PROGRAMS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "prometheus",
  "alertmanager",
  "node_exporter",
  "kube-state-metrics",
  "pushgateway",
] as const;
const MASTER = "ip-10-0-1-10.ap-northeast-2.compute.internal";
const WORKERS = [
  "ip-10-0-2-11.ap-northeast-2.compute.internal",
  "ip-10-0-3-12.ap-northeast-2.compute.internal",
] as const;
const NODES: readonly NodeSpec[] = [
  { name: MASTER, role: "master", address: "10.0.1.10", zone: "ap-northeast-2a" },
  { name: WORKERS[0], role: "worker", address: "10.0.2.11", zone: "ap-northeast-2b" },
  { name: WORKERS[1], role: "worker", address: "10.0.3.12", zone: "ap-northeast-2c" },
];
/** Keeps all pods on one worker, so that the other worker can be made unreachable. */
const onFirstWorker = { nodeSelector: { "kubernetes.io/hostname": WORKERS[0] } };

interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

describe("the lab's nodes, running the chart's workloads", function () {
  const directory = mkdtempSync(join(tmpdir(), "nodes-"));
  const stops: (() => Promise<unknown>)[] = [];
  let nodes: Nodes;
  let loadBalancers: LoadBalancers;
  let slack: Slack;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let prometheus: string;

  before(async function () {
    this.timeout(30 * 60_000); // The programs may have to be built first.
    const helm = (await findHelm()) ?? this.skip();
    const say = () => undefined;
    const programs = await findPrograms(PROGRAMS, (line) => console.log(`    ${line}`));
    const controlPlane = await startControlPlane({ programs, directory: join(directory, "control-plane"), say });
    stops.unshift(() => controlPlane.stop());
    await installEfsCsiDriver(controlPlane);
    nodes = await startNodes({ controlPlane, nodes: NODES, programs, directory: join(directory, "nodes"), say });
    stops.unshift(() => nodes.stop());
    slack = await startSlack({ logFile: join(directory, "slack.jsonl") });
    stops.unshift(() => slack.stop());
    loadBalancers = await startLoadBalancers({ controlPlane, nodes, say });
    stops.unshift(() => loadBalancers.stop());

    const config = new KubeConfig();
    config.loadFromFile(controlPlane.kubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    const api = KubernetesObjectApi.makeApiClient(config);
    const chart = await render(helm, values());
    for (const object of [...ownObjects(slack.origin), ...chart.values()]) {
      await api.create(object as KubernetesObject);
    }
    await until("7 pods are ready", async () => (await pods()).filter(isReady).length === 7);
    prometheus = await nodes.urlOf({ app: "prometheus" });
  });
  after(async () => {
    for (const stop of stops) {
      await stop();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const pods = async (): Promise<V1Pod[]> => (await core.listNamespacedPod({ namespace: NAMESPACE })).items;
  const targets = async (): Promise<Target[]> => {
    const answer = await fetch(`${prometheus}/api/v1/targets`);
    return ((await answer.json()) as { data: { activeTargets: Target[] } }).data.activeTargets;
  };
  const down = async () => (await targets()).filter((target) => target.health === "down");
  const allUp = () =>
    until("all targets are up", async () => {
      const seen = await targets();
      return seen.length >= 14 && seen.every((target) => target.health === "up");
    });
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

  it("let Prometheus reach every target of the chart's own jobs", async () => {
    await allUp();
    const counts: Record<string, number> = {};
    (await targets()).forEach(({ scrapePool }) => (counts[scrapePool] = (counts[scrapePool] ?? 0) + 1));
    assert.deepEqual(counts, {
      "kubernetes-api-servers": 1,
      "kubernetes-nodes": 3,
      "kubernetes-nodes-cadvisor": 3,
      "kubernetes-service-endpoints": 5,
      prometheus: 1,
      "prometheus-pushgateway": 1,
    });
  });

  it("answer at the load balancer's host name", async () => {
    const service = await core.readNamespacedService({ name: "prometheus-nlb", namespace: NAMESPACE });
    const hostname = service.status?.loadBalancer?.ingress?.[0]?.hostname ?? "";
    const answer = await fetch(`${loadBalancers.urlOf(hostname)}/-/ready`);
    assert.equal(answer.status, 200);
  });

  it("send a message to the current webhook when a node_exporter stops, and another when it is back", async () => {
    await nodes.stopProgram({ program: "node_exporter", node: WORKERS[1] });
    const firing = await slack.nextMessage((message) => JSON.stringify(message).includes("[FIRING"), 300_000);
    assert.match(JSON.stringify(firing.payload), /10\.0\.3\.12:9100/);
    assert.equal(firing.path, "/services/T0/B0/first");
    assert.match((await down())[0]?.lastError ?? "", /connection reset|EOF/);

    const stringData = { url: `${slack.origin}/services/T0/B0/second` };
    await core.patchNamespacedSecret({ name: "slack", namespace: NAMESPACE, body: { stringData } }, merge);
    await nodes.startProgram({ program: "node_exporter", node: WORKERS[1] });
    const resolved = await slack.nextMessage((message) => JSON.stringify(message).includes("[RESOLVED"), 300_000);
    assert.equal(resolved.path, "/services/T0/B0/second");
    const restarts = (await pods())
      .filter((pod) => pod.metadata?.name?.includes("alertmanager"))
      .map((pod) => pod.status?.containerStatuses?.[0]?.restartCount);
    assert.deepEqual(restarts, [0]);
  });

  it("drop traffic to an unreachable node, and use the node again when it is back", async () => {
    await allUp();
    await nodes.stopNode(WORKERS[1]);
    await until("its targets are down", async () => (await down()).length === 3);
    for (const target of await down()) {
      assert.match(target.lastError, /deadline exceeded/, target.scrapeUrl);
    }
    await nodes.startNode(WORKERS[1]);
    await allUp();
  });

  it("restore the ready status of pods and nodes after somebody else changed it", async () => {
    const name = "prometheus-alertmanager-0";
    const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    const denied = { status: { conditions: [{ type: "Ready", status: "False" }] } };
    await core.patchNamespacedPodStatus({ name, namespace: NAMESPACE, body: denied }, strategic);
    await until("the pod is ready", async () => isReady(await core.readNamespacedPod({ name, namespace: NAMESPACE })));
    await core.patchNodeStatus({ name: MASTER, body: denied }, strategic);
    await until("the node is ready", async () => {
      const { status } = await core.readNode({ name: MASTER });
      return status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
    });
  });

  it("report a crash loop with the program's error message", async () => {
    const data = { "alertmanager.yml": "rule_files: [x]\n" };
    await core.patchNamespacedConfigMap(
      { name: "prometheus-alertmanager", namespace: NAMESPACE, body: { data } },
      merge,
    );
    await core.deleteNamespacedPod({ name: "prometheus-alertmanager-0", namespace: NAMESPACE });
    const status = async () => {
      const pod = (await pods()).find((candidate) => candidate.metadata?.name === "prometheus-alertmanager-0");
      return pod?.status?.containerStatuses?.[0];
    };
    await until("CrashLoopBackOff", async () => (await status())?.state?.waiting?.reason === "CrashLoopBackOff");
    const seen = await status();
    assert.equal(seen?.ready, false);
    assert.match(seen.lastState?.terminated?.message ?? "", /field rule_files not found/);
  });

  it("remove pods, Services and namespaces when these are deleted, and keep the data", async () => {
    await core.deleteNamespacedService({ name: "prometheus-nlb", namespace: NAMESPACE });
    await apps.deleteCollectionNamespacedDeployment({ namespace: NAMESPACE });
    await apps.deleteCollectionNamespacedStatefulSet({ namespace: NAMESPACE });
    await apps.deleteCollectionNamespacedDaemonSet({ namespace: NAMESPACE });
    await until("all pods are gone", async () => (await pods()).length === 0);
    await core.deleteNamespace({ name: NAMESPACE });
    await until("the namespace is gone", async () => {
      const { items } = await core.listNamespace();
      return !items.some((namespace) => namespace.metadata?.name === NAMESPACE);
    });
    const kept = readdirSync(join(directory, "nodes/efs/fs-0123_fsap-prometheus"));
    assert.ok(kept.includes("wal"), kept.join(" "));
    const left = readdirSync(join(directory, "nodes/pods"), { recursive: true });
    assert.ok(!left.some((name) => String(name).includes("volumes")), left.join(" "));
  });
});

function values(): object {
  return {
    server: { global: { scrape_interval: "2s", scrape_timeout: "1s", evaluation_interval: "2s" }, ...onFirstWorker },
    serverFiles: {
      "alerting_rules.yml": {
        groups: [{ name: "test", rules: [{ alert: "InstanceDown", expr: "up == 0", for: "2s" }] }],
      },
    },
    alertmanager: {
      ...onFirstWorker,
      config: {
        global: { slack_api_url_file: "/etc/slack/url" },
        route: { receiver: "slack", group_wait: "1s", group_interval: "2s" },
        receivers: [{ name: "slack", slack_configs: [{ channel: "#monitoring", send_resolved: true }] }],
      },
      extraSecretMounts: [{ name: "slack", mountPath: "/etc/slack", secretName: "slack", readOnly: true }],
    },
    "kube-state-metrics": onFirstWorker,
    "prometheus-pushgateway": onFirstWorker,
  };
}

function ownObjects(slackOrigin: string): object[] {
  const volume = (name: string, storage: string) => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ["ReadWriteOnce"],
      csi: { driver: "efs.csi.aws.com", volumeHandle: `fs-0123::fsap-${name}` },
    },
  });
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    volume("prometheus", "8Gi"),
    volume("alertmanager", "2Gi"),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "slack", namespace: NAMESPACE },
      stringData: { url: `${slackOrigin}/services/T0/B0/first` },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "prometheus-nlb", namespace: NAMESPACE },
      spec: {
        type: "LoadBalancer",
        loadBalancerClass: "service.k8s.aws/nlb",
        selector: { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/component": "server" },
        ports: [{ name: "http", port: 80, targetPort: 9090 }],
      },
    },
  ];
}

function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
