import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterFacts } from "../cluster/look-up";
import { type ChosenNode, chooseNodes } from "../cluster/node-choice";
import type { StackSettings } from "../config";
import { ConfigurationError } from "../configuration/faults";
import { otherVpcFaults } from "../stack/whereabouts";
import { awsFault } from "./errors";
import { fileSystemFaults, fileSystemWarnings } from "./existingFileSystem";
import { leftFileSystemWarnings } from "./leftFileSystem";
import { type StorageNetwork, storageNetwork, taggedNodes } from "./nodeNetwork";

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
  { settings, owner, vpcId }: { readonly settings: StackSettings; readonly owner: string; readonly vpcId?: string },
  facts: ClusterFacts,
  options: InvokeOptions,
): Promise<NodeDecision> {
  const tagged = new Map<unknown, readonly string[]>();
  for (const set of [settings.nodes.masters, settings.nodes.workers]) {
    if (!set?.ec2Tag) continue;
    try {
      tagged.set(set, await taggedNodes(set.ec2Tag, facts.nodes, options));
    } catch (error) {
      throw new ConfigurationError([awsFault(error)]);
    }
  }
  const { chosen, faults, warnings } = chooseNodes(settings, facts, (set) => tagged.get(set) ?? []);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const found: Awaited<ReturnType<typeof storageNetwork>> =
    settings.storage.type === "efs" && settings.storage.mountTargets === "create"
      ? await storageNetwork(
          settings,
          chosen.map(({ node }) => node),
          options,
        )
      : { faults: [] };
  const { storage } = settings;
  const living = storage.type === "efs" ? facts.livingStorage?.fileSystem : undefined;
  const wrong = [
    ...found.faults,
    ...otherVpcFaults(vpcId, found.network?.vpcId),
    ...(await fileSystemFaults(storage, living, options)),
  ];
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  const isNew = storage.type === "efs" && storage.fileSystemId === undefined && living === undefined;
  const left = isNew ? await leftFileSystemWarnings(owner, settings.cluster, options) : [];
  const told = [...warnings, ...(found.warnings ?? []), ...fileSystemWarnings(storage.fileSystemId), ...left];
  const reachable = facts.nodes.some((node) => node.labels[excluded] === undefined);
  return {
    nodes: chosen,
    network: found.network,
    warnings: reachable
      ? told
      : [...told, `Every node has the label ${excluded}, so the NLBs find no node to send to; see README, "Limits".`],
  };
}
