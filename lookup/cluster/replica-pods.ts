import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { releaseName } from "../../conventions/cluster-names";
import type { InTime } from "./api-responses";

/** A pod of Prometheus or Alertmanager that is deployed. */
export interface ReplicaPod {
  readonly name: string;
  readonly kind: "alertmanagers" | "prometheus";
  /** The name of its node; undefined until the scheduler has chosen one. */
  readonly node?: string;
  /** Whether the pod is ready and is not being deleted. */
  readonly isUp: boolean;
  /** Whether a StatefulSet, which makes the pod again only once it is gone, has made it. */
  readonly isOfStatefulSet: boolean;
}

/** Reads the pods of Prometheus and Alertmanager that have not ended. */
export async function readReplicaPods(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<readonly ReplicaPod[]> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const labelSelector = `app.kubernetes.io/instance=${releaseName}`;
  const { items } = await inTime(core.listNamespacedPod({ namespace, labelSelector }));
  return items.flatMap((pod) => {
    const kind = kindOf(pod);
    if (kind === undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return [];
    const isReady = pod.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
    return [
      {
        name: pod.metadata?.name ?? "",
        kind,
        ...(pod.spec?.nodeName !== undefined && { node: pod.spec.nodeName }),
        isUp: isReady && pod.metadata?.deletionTimestamp === undefined,
        isOfStatefulSet: (pod.metadata?.ownerReferences ?? []).some((owner) => owner.kind === "StatefulSet"),
      },
    ];
  });
}

function kindOf({ metadata }: V1Pod): ReplicaPod["kind"] | undefined {
  const { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component } = metadata?.labels ?? {};
  if (name === "alertmanager") return "alertmanagers";
  return name === "prometheus" && component === "server" ? "prometheus" : undefined;
}
