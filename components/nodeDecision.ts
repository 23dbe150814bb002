import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterFacts } from "../cluster/look-up";
import { type ChosenNode, chooseNodes } from "../cluster/node-choice";
import type { StackSettings } from "../config";
import { ConfigurationError } from "../configuration/faults";
import { type StorageNetwork, reason, storageNetwork, taggedNodes } from "./nodeNetwork";

export interface NodeDecision {
  readonly nodes: readonly ChosenNode[];
  readonly network?: StorageNetwork;
  readonly warnings: readonly string[];
}

const excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * Decides which nodes are labelled and where the mount targets go. It is the part that AWS has a word in, by invokes,
 * so its faults come after the configuration's own; still before anything is registered that would be created.
 */
export async function decideOnAws(
  settings: StackSettings,
  facts: ClusterFacts,
  options: InvokeOptions,
): Promise<NodeDecision> {
  const tagged = new Map<unknown, readonly string[]>();
  for (const set of [settings.nodes.masters, settings.nodes.workers]) {
    if (!set?.ec2Tag) continue;
    try {
      tagged.set(set, await taggedNodes(set.ec2Tag, facts.nodes, options));
    } catch (error) {
      const sentence = `EC2 was asked for instances with the tag ${set.ec2Tag.key}=${set.ec2Tag.value}, and refused: ${reason(error)}.`;
      throw new ConfigurationError([{ key: "alerting:nodes", sentence }]);
    }
  }
  const { chosen, faults, warnings } = chooseNodes(settings, facts, (set) => tagged.get(set) ?? []);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const found =
    settings.storage.type === "efs" && settings.storage.mountTargets === "create"
      ? await storageNetwork(
          settings.network,
          chosen.map(({ node }) => node),
          options,
        )
      : { faults: [] };
  if (found.faults.length > 0) throw new ConfigurationError(found.faults);
  const reachable = chosen.some(({ node }) => node.labels[excluded] === undefined);
  return {
    nodes: chosen,
    network: "network" in found ? found.network : undefined,
    warnings: reachable
      ? warnings
      : [
          ...warnings,
          `Every listed node has the label ${excluded}, so the NLBs may find no node to send to; see README, "Limits".`,
        ],
  };
}
