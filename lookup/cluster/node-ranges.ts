import { isIP } from "node:net";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { isWithin } from "../../validation/ranges";
import type { ClusterNode } from "./cluster-facts";

/** The maximum number of nodes that one sentence names. */
const named = 3;

/** Reports nodes that the network policies would block for Prometheus, as one problem. */
export function nodeRangeFaults(
  { networkPolicies }: Pick<StackSettings, "networkPolicies">,
  nodes: readonly ClusterNode[],
): Fault[] {
  if (!networkPolicies.enabled) return [];
  // Kubernetes accepts any string as a node's address.
  const outside = nodes.filter(
    ({ address = "" }) => isIP(address) !== 0 && !networkPolicies.nodeRanges.some((range) => isWithin(address, range)),
  );
  if (outside.length === 0) return [];
  const [first, ...others] = outside.slice(0, named).map(({ name, address }) => `${name} (${address})`);
  const more = outside.length > named ? [`${outside.length - named} more`] : [];
  const list = [first, ...others, ...more].join(", ").replace(/, ([^,]+)$/, " and $1");
  const sentence = `none of the ranges has the address of ${list}, so Prometheus could reach neither kubelet nor node-exporter there. Add the range of the nodes' addresses, or set alerting:networkPolicies.enabled to false if the cluster's network plugin ignores policies.`;
  return [{ key: "alerting:networkPolicies.nodeRanges", sentence }];
}
