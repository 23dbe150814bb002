import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { labNodes } from "../../lab/cluster-nodes";
import { type BareCluster, isReady, withBareCluster } from "../support/lab/bare-cluster";
import { render } from "../support/lab/helm";
import { until } from "../support/until";

const NAMESPACE = "monitoring";
const MASTER = "ip-10-0-1-10.ap-northeast-2.compute.internal";
const WORKERS = [
  "ip-10-0-2-11.ap-northeast-2.compute.internal",
  "ip-10-0-3-12.ap-northeast-2.compute.internal",
] as const;
/** Keeps all pods on one worker, so that the other worker can be made unreachable. */
const onFirstWorker = { nodeSelector: { "kubernetes.io/hostname": WORKERS[0] } };

interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

describe("the lab's nodes, running the chart's workloads", function () {
  const cluster = withBareCluster(labNodes);
  let nodes: BareCluster["nodes"];
  let slack: BareCluster["slack"];
  let prometheus: string;

  before("create the objects", async function () {
    this.timeout("30m");
    ({ nodes, slack } = cluster());
    const chart = await render(cluster().helm, values());
    await cluster().create([...ownObjects(slack.origin), ...([...chart.values()] as object[])]);
    await until("7 pods are ready", async () => (await cluster().pods()).filter(isReady).length === 7);
    prometheus = await nodes.urlOf({ app: "prometheus" });
  });

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
    const service = await cluster().core.readNamespacedService({ name: "prometheus-nlb", namespace: NAMESPACE });
    const hostname = service.status?.loadBalancer?.ingress?.[0]?.hostname ?? "";
    const answer = await fetch(`${cluster().loadBalancers.urlOf(hostname)}/-/ready`);
    assert.equal(answer.status, 200);
  });

  it("send a message to the current webhook when a node_exporter stops, and another when it is back", async () => {
    await nodes.stopProgram({ program: "node_exporter", node: WORKERS[1] });
    const firing = await slack.nextMessage((message) => JSON.stringify(message).includes("[FIRING"), 300_000);
    assert.match(JSON.stringify(firing.payload), /10\.0\.3\.12:9100/);
    assert.equal(firing.path, "/services/T0/B0/first");
    assert.match((await down())[0]?.lastError ?? "", /connection reset|EOF/);

    const stringData = { url: `${slack.origin}/services/T0/B0/second` };
    await cluster().core.patchNamespacedSecret({ name: "slack", namespace: NAMESPACE, body: { stringData } }, merge);
    await nodes.startProgram({ program: "node_exporter", node: WORKERS[1] });
    const resolved = await slack.nextMessage((message) => JSON.stringify(message).includes("[RESOLVED"), 300_000);
    assert.equal(resolved.path, "/services/T0/B0/second");
    const restarts = (await cluster().pods())
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
    await cluster().core.patchNamespacedPodStatus({ name, namespace: NAMESPACE, body: denied }, strategic);
    await until("the pod is ready", async () =>
      isReady(await cluster().core.readNamespacedPod({ name, namespace: NAMESPACE })),
    );
    await cluster().core.patchNodeStatus({ name: MASTER, body: denied }, strategic);
    await until("the node is ready", async () => isReady(await cluster().core.readNode({ name: MASTER })));
  });

  it("report a crash loop with the program's error message", async () => {
    const data = { "alertmanager.yml": "rule_files: [x]\n" };
    await cluster().core.patchNamespacedConfigMap(
      { name: "prometheus-alertmanager", namespace: NAMESPACE, body: { data } },
      merge,
    );
    await cluster().core.deleteNamespacedPod({ name: "prometheus-alertmanager-0", namespace: NAMESPACE });
    const status = async () => {
      const pod = (await cluster().pods()).find(
        (candidate) => candidate.metadata?.name === "prometheus-alertmanager-0",
      );
      return pod?.status?.containerStatuses?.[0];
    };
    await until("CrashLoopBackOff", async () => (await status())?.state?.waiting?.reason === "CrashLoopBackOff");
    const seen = await status();
    assert.equal(seen?.ready, false);
    assert.match(seen.lastState?.terminated?.message ?? "", /field rule_files not found/);
  });

  it("remove pods, Services and namespaces when these are deleted, and keep the data", async () => {
    await cluster().core.deleteNamespacedService({ name: "prometheus-nlb", namespace: NAMESPACE });
    await cluster().apps.deleteCollectionNamespacedDeployment({ namespace: NAMESPACE });
    await cluster().apps.deleteCollectionNamespacedStatefulSet({ namespace: NAMESPACE });
    await cluster().apps.deleteCollectionNamespacedDaemonSet({ namespace: NAMESPACE });
    await until("all pods are gone", async () => (await cluster().pods()).length === 0);
    await cluster().core.deleteNamespace({ name: NAMESPACE });
    await until("the namespace is gone", async () => {
      const { items } = await cluster().core.listNamespace();
      return !items.some((namespace) => namespace.metadata?.name === NAMESPACE);
    });
    const kept = readdirSync(join(cluster().directory, "nodes/efs/fs-0123_fsap-prometheus"));
    assert.ok(kept.includes("wal"), kept.join(" "));
    const left = readdirSync(join(cluster().directory, "nodes/pods"), { recursive: true });
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
