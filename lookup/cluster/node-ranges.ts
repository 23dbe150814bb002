import { isIP } from "node:net";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { isWithin } from "../../validation/ranges";
import type { ClusterNode } from "./look-up";

/** So many nodes are named in one sentence. */
const named = 3;

/** Nodes that the network policies would keep Prometheus from, as one fault. */
export function nodeRangeFaults(
  { networkPolicies }: Pick<StackSettings, "networkPolicies">,
  nodes: readonly ClusterNode[],
): Fault[] {
  if (!networkPolicies.enabled) return [];
  // Kubernetes takes any string for a node's address.
  const outside = nodes.filter(
    ({ address = "" }) => isIP(address) !== 0 && !networkPolicies.nodeRanges.some((range) => isWithin(address, range)),
  );
  if (outside.length === 0) return [];
  const [first, ...others] = outside.slice(0, named).map(({ name, address }) => `${name} (${address})`);
  const more = outside.length > named ? [`${outside.length - named} more`] : [];
  const list = [first, ...others, ...more].join(", ").replace(/, ([^,]+)$/, " and $1");
  const sentence = `none of the ranges has the address of ${list}, so Prometheus could reach neither kubelet nor node-exporter there. Add the range of the nodes' addresses, or set alerting:networkPolicies.enabled to false where the cluster's network plugin ignores policies.`;
  return [{ key: "alerting:networkPolicies.nodeRanges", sentence }];
}
