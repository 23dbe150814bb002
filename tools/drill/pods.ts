import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { ifReadable, type InTime } from "../../lookup/cluster/api-responses";
import { alertmanagerPods, serverPods } from "../../values/prometheus-values";

export type Server = "Alertmanager" | "Prometheus";

/** A pod of one of the two servers. */
export interface ServerPod {
  readonly server: Server;
  readonly name: string;
  /** Undefined while no node has been found for it. */
  readonly node?: string;
  readonly isReady: boolean;
}

/** A node that is not ready and holds pods of the servers, and the commands that release them. */
export interface LostNode {
  readonly sentence: string;
  readonly remedy: string;
}

const labels: Readonly<Record<Server, Readonly<Record<string, string>>>> = {
  Alertmanager: alertmanagerPods,
  Prometheus: serverPods,
};
const instance = "app.kubernetes.io/instance";

/**
 * The pods of Prometheus and Alertmanager, sorted by name, and the lost nodes that hold some of them. Throws the API
 * server's errors; nodes that these credentials may not read do not count as lost.
 */
export async function findPods(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<{ readonly pods: readonly ServerPod[]; readonly lostNodes: readonly LostNode[] }> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const labelSelector = `${instance}=${alertmanagerPods[instance]}`;
  const { items } = await inTime(core.listNamespacedPod({ namespace, labelSelector }));
  const pods = items
    .filter((pod) => !hasEnded(pod))
    .flatMap((pod) => serverPod(pod) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const suspects = [...new Set(pods.flatMap(({ isReady, node }) => (isReady ? [] : (node ?? []))))];
  const nodes = await Promise.all(suspects.map((name) => ifReadable(inTime(core.readNode({ name })))));
  const lost = suspects.filter((_, index) => nodes[index] !== undefined && !isReady(nodes[index]));
  return { pods, lostNodes: lost.map((node) => lostNode(node, pods)) };
}

/** Why there is no ready pod of a server, as a sentence. */
export function noReadyPod(
  server: Server,
  namespace: string,
  { pods, lostNodes }: Awaited<ReturnType<typeof findPods>>,
): string {
  const there = pods.filter((pod) => pod.server === server).length;
  const why = there === 0 ? "there is none" : `there ${there === 1 ? "is" : "are"} ${there}, but none is ready`;
  const lost = lostNodes.map(({ sentence, remedy }) => ` ${sentence} ${remedy}`).join("");
  return `the namespace ${namespace} has no ready pod of ${server}: ${why}.${lost}`;
}

function serverPod(pod: V1Pod): ServerPod | undefined {
  const own = pod.metadata?.labels ?? {};
  const server = (["Alertmanager", "Prometheus"] as const).find((one) =>
    Object.entries(labels[one]).every(([key, value]) => own[key] === value),
  );
  const name = pod.metadata?.name;
  if (server === undefined || name === undefined) return undefined;
  return { server, name, node: pod.spec?.nodeName, isReady: isReady(pod) };
}

function isReady({ status }: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
}

/** Whether a pod no longer counts: it was evicted, or its Deployment has replaced it while its node is lost. */
function hasEnded({ metadata, status }: V1Pod): boolean {
  const isReplaced = metadata?.ownerReferences?.some(({ kind }) => kind === "ReplicaSet") ?? false;
  return (
    status?.phase === "Failed" ||
    status?.phase === "Succeeded" ||
    (isReplaced && metadata?.deletionTimestamp !== undefined)
  );
}

function lostNode(node: string, pods: readonly ServerPod[]): LostNode {
  const here = pods.filter((pod) => pod.node === node && !pod.isReady).map(({ name }) => name);
  return {
    sentence: `The node ${node} is not ready, and holds ${here.join(" and ")}.`,
    remedy: `Once it is certain that the node is off, release ${here.length === 1 ? "the pod" : "the pods"}: \`kubectl taint nodes ${node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute\`, or \`kubectl delete node ${node}\`.`,
  };
}
