import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { type LabNode, threeMasters } from "../../lab/cluster-nodes";
import type { SlackMessage } from "../../lab/slack/start";
import { ask, getText } from "../../lab/web";
import { type BareCluster, isReady, withBareCluster } from "../support/lab/bare-cluster";
import { render } from "../support/lab/helm";
import { until } from "../support/until";

const NAMESPACE = "monitoring";
const MASTERS = threeMasters.filter(({ role }: LabNode) => role === "master");
const alertmanager = (index: number) => `prometheus-alertmanager-${index}`;
const prometheus = (index: number) => `prometheus-server-${index}`;

describe("several replicas in the lab", function () {
  const cluster = withBareCluster(MASTERS);
  let nodes: BareCluster["nodes"];
  let slack: BareCluster["slack"];

  before("create the objects", async function () {
    this.timeout("30m");
    ({ nodes, slack } = cluster());
    const chart = [...(await render(cluster().helm, values(slack.origin)))].filter(([name]) =>
      /-(alertmanager|server)/.test(name),
    );
    await cluster().create([...ownObjects(), ...chart.map(([, object]) => object as object)]);
    await until("4 pods are ready", async () => (await cluster().pods()).filter(isReady).length === 4);
  });
  afterEach(() => slack.answer("ok"));

  const urlOf = (pod: string) => nodes.urlOf({ app: pod.includes("server") ? "prometheus" : "alertmanager", pod });
  /** A metric of a replica of Alertmanager; not a number while the replica starts. */
  const metric = async (index: number, name: string): Promise<number> => {
    const page = await getText(`${await urlOf(alertmanager(index))}/metrics`).catch(() => "");
    return Number(new RegExp(`^${name} (.+)$`, "m").exec(page)?.[1]);
  };
  const know = (count: number, ...indices: number[]) =>
    until(`replicas ${indices.join(", ")} know ${count} members`, async () => {
      return (await Promise.all(indices.map((index) => metric(index, "alertmanager_cluster_members")))).every(
        (known) => known === count,
      );
    });
  /** The replica that sends at once, and the others, which wait whether it has sent. */
  const inOrder = async (): Promise<[first: number, ...others: number[]]> => {
    await know(3, 0, 1, 2);
    const positions = await Promise.all([0, 1, 2].map((index) => metric(index, "alertmanager_peer_position")));
    return [0, 1, 2].sort((a, b) => positions[a]! - positions[b]!) as [number, ...number[]];
  };
  /** Sends an alert to replicas of Alertmanager, as Prometheus does. */
  const fire = async (name: string, ...indices: number[]) => {
    for (const index of indices) {
      const body = [{ labels: { alertname: name } }];
      const url = `${await urlOf(alertmanager(index))}/api/v2/alerts`;
      assert.equal((await ask(url, {}, { method: "POST", body })).status, 200);
    }
  };
  const isAbout = (name: string) => (message: SlackMessage) => message.taken && JSON.stringify(message).includes(name);
  const told = (name: string) => slack.messages.filter(isAbout(name)).length;
  /** The number of messages about an alert, after a time in which each other replica would have sent its own. */
  const finallyTold = async (name: string): Promise<number> => {
    await slack.nextMessage(isAbout(name), 60_000);
    await slack.quiet(3_500, 60_000);
    return told(name);
  };
  const scale = async (replicas: number) => {
    const name = "prometheus-alertmanager";
    const body = { spec: { replicas } };
    await cluster().apps.patchNamespacedStatefulSet({ name, namespace: NAMESPACE, body }, merge);
  };
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

  it("run on nodes in different zones, with a claim and a volume each", async () => {
    const zones = new Map(MASTERS.map(({ name, zone }) => [name, zone]));
    const where = (await cluster().pods()).map(({ spec }) => zones.get(spec?.nodeName ?? ""));
    assert.equal(new Set(where.slice(0, 2)).size, 2);
    assert.equal(new Set(where.slice(2)).size, 2);
    const kept = readdirSync(join(cluster().directory, "nodes/efs")).sort();
    assert.deepEqual(
      kept,
      ["am-0", "am-1", "server-0", "server-1"].map((name) => `fs-1_fsap-${name}`),
    );
  });

  it("give each Prometheus its own name as a label, and let a Service lead to one of them", async () => {
    for (const index of [0, 1]) {
      const url = `${await urlOf(prometheus(index))}/federate?match[]=up`;
      await until("it has samples", async () => (await getText(url)) !== "", { seconds: 30 });
      assert.match(await getText(url), new RegExp(`prometheus_replica="${prometheus(index)}"`));
    }
    const second = (await cluster().pods()).find(({ metadata }) => metadata?.name === prometheus(1));
    const slices = nodes.cluster.endpointSlices.list(NAMESPACE);
    const addresses = slices
      .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === "second-prometheus")
      .flatMap(({ endpoints = [] }) => endpoints.flatMap((endpoint) => endpoint.addresses));
    assert.deepEqual(addresses, [second?.status?.podIP]);
  });

  it("of Alertmanager join, and send one message for an alert that both have", async () => {
    await know(2, 0, 1);
    await fire("Both", 0, 1);
    assert.equal(await finallyTold("Both"), 1);
  });

  it("of Alertmanager join again when there are three", async () => {
    await scale(3);
    await know(3, 0, 1, 2);
    await fire("Three", 0, 1, 2);
    assert.equal(await finallyTold("Three"), 1);
  });

  it("lose nothing if the one that sends is killed hard in the middle of a message", async () => {
    const [first] = await inOrder();
    slack.answer("hang", { sender: () => nodes.processOf(alertmanager(first)) });
    await fire("Killed", 0, 1, 2);
    await slack.nextMessage((message) => JSON.stringify(message).includes("Killed") && message.answered === 0, 60_000);
    await nodes.killPod(alertmanager(first));
    slack.answer("ok");
    assert.equal(await finallyTold("Killed"), 1);
  });

  it("send through another one if Slack refuses only the one that sends", async () => {
    const [first] = await inOrder();
    slack.answer("invalid_token", { sender: () => nodes.processOf(alertmanager(first)) });
    await fire("Refused", 0, 1, 2);
    assert.equal(await finallyTold("Refused"), 1);
    assert.ok(slack.messages.some(({ answered }) => answered === 403));
  });

  it("send at most one message twice if one is cut off, and join again when the network is restored", async () => {
    const [first, ...others] = await inOrder();
    nodes.cutOff(alertmanager(first));
    await fire("Cut", 0, 1, 2);
    await until("both sides have told it", () => told("Cut") === 2, { seconds: 60 });
    await know(2, ...others);
    nodes.mend(alertmanager(first));
    await know(3, 0, 1, 2);
    assert.equal(told("Cut"), 2);
  });

  it("lose nothing if the master of the one that sends dies, while the cluster's API lives on", async () => {
    const [first, ...others] = await inOrder();
    const pod = await cluster().core.readNamespacedPod({ name: alertmanager(first), namespace: NAMESPACE });
    await nodes.stopNode(pod.spec?.nodeName ?? "");
    await fire("Dead", ...others);
    assert.equal(await finallyTold("Dead"), 1);
    await nodes.startNode(pod.spec?.nodeName ?? "");
    await know(3, 0, 1, 2);
  });
});

/** Keeps the pods of one kind on different nodes. */
function apart(name: string): object {
  const term = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
  };
  return {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
  };
}

function values(slackOrigin: string): object {
  const slackConfig = {
    api_url: `${slackOrigin}/services/T0/B0/gossip`,
    channel: "#monitoring",
    title: "{{ .GroupLabels.alertname }}",
    send_resolved: false,
    timeout: "2s",
  };
  return {
    server: {
      ...apart("prometheus"),
      statefulSet: { enabled: true, podManagementPolicy: "Parallel" },
      replicaCount: 2,
      persistentVolume: { statefulSetNameOverride: "storage" },
      env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
      global: { scrape_interval: "2s", scrape_timeout: "1s", external_labels: { prometheus_replica: "${POD_NAME}" } },
    },
    alertmanager: {
      ...apart("alertmanager"),
      replicaCount: 2,
      extraArgs: { "cluster.peer-timeout": "1s", "cluster.reconnect-interval": "2s" },
      config: {
        route: { receiver: "slack", group_by: ["alertname"], group_wait: "1s", group_interval: "5s" },
        receivers: [{ name: "slack", slack_configs: [slackConfig] }],
      },
    },
  };
}

function ownObjects(): object[] {
  const volume = (name: string, claim: string, storage: string) => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ["ReadWriteOnce"],
      claimRef: { namespace: NAMESPACE, name: claim },
      csi: { driver: "efs.csi.aws.com", volumeHandle: `fs-1::fsap-${name}` },
    },
  });
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    ...[0, 1, 2].map((index) => volume(`am-${index}`, `storage-${alertmanager(index)}`, "2Gi")),
    ...[0, 1].map((index) => volume(`server-${index}`, `storage-${prometheus(index)}`, "8Gi")),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "second-prometheus", namespace: NAMESPACE },
      spec: {
        selector: { "statefulset.kubernetes.io/pod-name": prometheus(1) },
        ports: [{ port: 80, targetPort: 9090 }],
      },
    },
  ];
}
