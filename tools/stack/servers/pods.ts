import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { ifReadable, type InTime } from "../../../lookup/cluster/api-responses";
import { lostPodFindings } from "../../../lookup/cluster/lost-pods";
import { lossOf } from "../../../lookup/cluster/node-loss";
import { readReplicaPods, type ReplicaPod } from "../../../lookup/cluster/replica-pods";

export type Server = "Alertmanager" | "Prometheus";

/** The key of each server in `alerting:availability`, and the port of its pods. */
export const servers = {
  Alertmanager: { kind: "alertmanagers", port: 9093 },
  Prometheus: { kind: "prometheus", port: 9090 },
} as const;

/** The pods of Prometheus and Alertmanager, and sentences about those on lost nodes, which name the commands. */
export interface FoundPods {
  readonly pods: readonly ReplicaPod[];
  readonly lost: readonly string[];
}

/** Finds the pods. A node that these credentials may not read does not count as lost. */
export async function findPods(kubeconfig: KubeConfig, namespace: string, inTime: InTime): Promise<FoundPods> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const replicaPods = await readReplicaPods(kubeconfig, namespace, inTime);
  const suspects = [...new Set(replicaPods.flatMap(({ isUp, node }) => (isUp ? [] : (node ?? []))))];
  const read = await Promise.all(suspects.map((name) => ifReadable(inTime(core.readNode({ name })))));
  const nodes = suspects.map((name, index) => {
    const node = read[index];
    return { name, labels: {}, labelManagers: {}, ...(node && lossOf(node)) };
  });
  return {
    pods: replicaPods,
    lost: lostPodFindings({ nodes, replicaPods }, true).warnings.map(({ sentence }) => sentence),
  };
}

/** Why there is no ready pod of a server, as a sentence. */
export function noReadyPod(server: Server, namespace: string, { pods, lost }: FoundPods): string {
  const there = pods.filter(({ kind }) => kind === servers[server].kind).length;
  const why = there === 0 ? "there is none" : `there ${there === 1 ? "is" : "are"} ${there}, but none is ready`;
  return [`the namespace ${namespace} has no ready pod of ${server}: ${why}.`, ...lost].join(" ");
}
