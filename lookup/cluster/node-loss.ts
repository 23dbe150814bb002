import type { V1Node } from "@kubernetes/client-node";

/** The key of the taint that makes Kubernetes remove the pods of a lost node. */
export const outOfService = "node.kubernetes.io/out-of-service";

/** What keeps a node from running pods. */
export interface NodeLoss {
  /** Whether the node is not Ready, so that nothing on it can be changed; default: it is Ready. */
  readonly isLost?: boolean;
  /** Whether the node is marked as out of service: Kubernetes removes its pods, and starts none there. */
  readonly isOutOfService?: boolean;
}

/** Whether a node is lost, which is not the case of a cordoned node, and whether somebody has marked it for that. */
export function lossOf({ spec, status }: V1Node): NodeLoss {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const isMarked = (spec?.taints ?? []).some(({ key }) => key === outOfService);
  return {
    ...(ready !== undefined && ready.status !== "True" && { isLost: true }),
    ...(isMarked && { isOutOfService: true }),
  };
}
