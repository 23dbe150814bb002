import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppsV1Api, CoreV1Api, KubernetesObjectApi } from "@kubernetes/client-node";
import type { V1Pod } from "@kubernetes/client-node";
import { type Cluster, clusterPrograms, startCluster } from "../../../lab/cluster";
import type { LabNode } from "../../../lab/cluster-nodes";
import { clientConfig } from "../../../lab/control-plane/client";
import { Ending } from "../../../lab/ending";
import { findPrograms } from "../../../lab/programs/find";
import { type Slack, startSlack } from "../../../lab/slack/start";
import { findHelm } from "./helm";

const namespace = "monitoring";

/** A cluster and Slack, without AWS and without the program. The suite creates the objects. */
export interface BareCluster extends Cluster {
  readonly directory: string;
  /** The path of helm, which renders the chart. */
  readonly helm: string;
  readonly slack: Slack;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  create(objects: Iterable<object>): Promise<void>;
  /** The pods in the namespace `monitoring`. */
  pods(): Promise<V1Pod[]>;
}

/** Starts a cluster and Slack before the tests of this suite, and stops them afterwards. Skips it for want of helm. */
export function withBareCluster(nodes: readonly LabNode[]): () => BareCluster {
  const directory = mkdtempSync(join(tmpdir(), "bare-cluster-"));
  const unstopped: string[] = [];
  const ending = new Ending((line) => unstopped.push(line));
  let cluster: BareCluster;
  before("start a cluster", async function () {
    this.timeout("30m"); // The programs may have to be built first.
    const helm = (await findHelm()) ?? this.skip();
    cluster = { ...(await start(nodes, directory, ending)), directory, helm };
  });
  after("stop the cluster", async () => {
    await ending.end();
    rmSync(directory, { recursive: true, force: true });
    assert.deepEqual(unstopped, []);
  });
  return () => cluster;
}

async function start(nodes: readonly LabNode[], directory: string, ending: Ending) {
  const programs = await findPrograms(clusterPrograms, (line) => console.log(`    ${line}`));
  const noAws = { aws: { accessPointPath: () => Promise.resolve(undefined) }, instances: [] };
  const machines = Promise.resolve(noAws);
  const cluster = await startCluster({ directory, nodes, machines, programs, say: () => undefined }, ending);
  const slack = await startSlack({ logFile: join(directory, "slack.jsonl") });
  ending.add("Slack", () => slack.stop());
  const config = clientConfig(cluster.controlPlane.kubeconfigPath);
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const api = KubernetesObjectApi.makeApiClient(config);
  return {
    ...cluster,
    ...{ slack, core, apps },
    create: async (objects: Iterable<object>) => {
      for (const object of objects) await api.create(object);
    },
    pods: async () => (await core.listNamespacedPod({ namespace })).items,
  };
}

/** Whether a pod or a node is ready. */
export function isReady({ status }: Conditioned): boolean {
  return status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
}

interface Conditioned {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
