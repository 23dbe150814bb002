import type { Fault } from "../../validation/faults";
import type { ClusterFacts } from "./cluster-facts";
import { outOfService } from "./node-loss";
import type { ReplicaPod } from "./replica-pods";

/**
 * Reports pods of Prometheus and Alertmanager on lost nodes, where Helm would wait for them until its timeout. A
 * StatefulSet's pod is refused in an update, and is a warning in a preview. A Deployment's pod is only a warning:
 * Kubernetes has started another one elsewhere, and only a change of the pod has to wait. A pod whose Node object was
 * deleted or is marked as out of service is not reported, because Kubernetes removes it within a minute.
 */
export function lostPodFindings(
  facts: Pick<ClusterFacts, "nodes" | "replicaPods"> | undefined,
  isPreview: boolean,
): { readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] } {
  const stuck: Fault[] = [];
  const slow: Fault[] = [];
  for (const { name, isLost, isOutOfService } of facts?.nodes ?? []) {
    if (isLost !== true || isOutOfService === true) continue;
    const pods = (facts?.replicaPods ?? []).filter(({ node, isUp }) => node === name && !isUp);
    const stuckHere = pods.filter(({ isOfStatefulSet }) => isOfStatefulSet);
    const slowHere = pods.filter(({ isOfStatefulSet }) => !isOfStatefulSet);
    const trouble = "so Kubernetes neither replaces nor updates it, and Helm would wait 15 minutes and fail";
    if (stuckHere.length > 0) stuck.push(fault(stuckHere, name, trouble));
    const change = "and an update that changes this pod would wait 15 minutes for its end and fail";
    if (slowHere.length > 0) slow.push(fault(slowHere, name, change));
  }
  return isPreview ? { faults: [], warnings: [...stuck, ...slow] } : { faults: stuck, warnings: slow };
}

function fault(pods: readonly ReplicaPod[], node: string, trouble: string): Fault {
  const names = pods.map(({ name }) => name).join(" and ");
  const what = pods.length === 1 ? `the pod ${names} is` : `each of the pods ${names} is`;
  const todo = `wait until the node is back, or, once its machine is off, run \`kubectl taint nodes ${node} ${outOfService}=nodeshutdown:NoExecute\`, or \`kubectl delete node ${node}\` if it will not come back.`;
  return {
    key: "alerting:availability",
    sentence: `${what} on the node ${node}, which is not Ready, ${trouble}: ${todo}`,
  };
}
