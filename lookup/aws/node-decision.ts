import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterFacts } from "../cluster/cluster-facts";
import { carriers } from "../cluster/carriers";
import { availabilityFaults, availabilityWarnings } from "../cluster/availability";
import { type ChosenNode, chooseNodes } from "../cluster/node-choice";
import type { StackSettings } from "../../settings/stack-settings";
import { ConfigurationError } from "../../validation/faults";
import { otherVpcFaults } from "../whereabouts";
import { carrierZones, inZone } from "./carrier-zones";
import { answered } from "./errors";
import { describeFileSystem, fileSystemWarnings } from "./existing-file-system";
import { leftFileSystemWarnings } from "./left-file-system";
import { mountTargetFindings } from "./mount-targets";
import { creationToken } from "../../conventions/aws-names";
import { type FoundNetwork, type StorageNetwork, storageNetwork, taggedNodes } from "./node-network";

export interface NodeDecision {
  readonly nodes: readonly ChosenNode[];
  readonly network?: StorageNetwork;
  readonly warnings: readonly string[];
}

const excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * Decides which nodes are labeled and where the mount targets are. Because this asks AWS, its problems are reported
 * after those of the configuration, but still before anything is registered.
 */
export async function decideOnAws(
  { settings, owner, vpcId }: { readonly settings: StackSettings; readonly owner: string; readonly vpcId?: string },
  facts: ClusterFacts,
  options: InvokeOptions,
): Promise<NodeDecision> {
  const tagged = new Map<unknown, readonly string[]>();
  for (const set of [settings.nodes.masters, settings.nodes.workers]) {
    if (!set?.ec2Tag) continue;
    tagged.set(set, await answered(taggedNodes(set.ec2Tag, facts.nodes, options, settings.network.vpcId)));
  }
  const { chosen, faults, warnings } = chooseNodes(settings, facts, (set) => tagged.get(set) ?? []);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const tooMany = availabilityFaults(settings, chosen);
  if (tooMany.length > 0) throw new ConfigurationError(tooMany);
  const { storage } = settings;
  const onEfs = storage.type === "efs";
  const living = onEfs ? facts.deployedStorage?.fileSystem : undefined;
  const system = await describeFileSystem(storage, living, options);
  const found =
    onEfs && storage.mountTargets === "create"
      ? await placeMountTargets(settings, chosen, system.oneZone, options)
      : none;
  // The mount targets of a deployed stack are not checked: the stack has its data there, so it already uses them.
  const targets =
    onEfs && living === undefined && system.faults.length === 0
      ? await mountTargetFindings(settings, creationToken(owner, settings.cluster), options)
      : none;
  const moved = otherVpcFaults(vpcId, found.network?.vpcId);
  const wrong = [...found.faults, ...moved, ...system.faults, ...targets.faults];
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  const isNew = onEfs && storage.fileSystemId === undefined && living === undefined;
  const left = isNew ? await leftFileSystemWarnings(owner, settings.cluster, options) : [];
  const ofAws = [...found.warnings, ...targets.warnings, ...fileSystemWarnings(storage.fileSystemId), ...left];
  const told = [...warnings, ...availabilityWarnings(settings, chosen, facts), ...ofAws];
  const reachable = facts.nodes.some((node) => node.labels[excluded] === undefined);
  return {
    nodes: chosen,
    network: found.network,
    warnings: reachable
      ? told
      : [...told, `Every node has the label ${excluded}, so the NLBs find no node to send to; see docs/limits.md.`],
  };
}

const none: Pick<FoundNetwork, "network" | "faults" | "warnings"> = { faults: [], warnings: [] };

/** Decides where the mount targets are, and which nodes with replicas have none in their zone. */
async function placeMountTargets(
  settings: StackSettings,
  chosen: readonly ChosenNode[],
  oneZone: string | undefined,
  options: InvokeOptions,
): Promise<typeof none> {
  const { spread } = settings.availability;
  const key = spread === "all" ? "alerting:nodes" : "alerting:nodes.masters";
  const nodes = chosen.map(({ node }) => node);
  const found = await storageNetwork(settings, nodes, options);
  if (found.faults.length > 0) return found;
  const network = inZone(found.network, oneZone);
  const ours = new Set(carriers(chosen, spread).map(({ node }) => node.name));
  const zones = network?.subnets.map(({ zone }) => zone) ?? [];
  const known = found.instances.flatMap(({ node: { name }, zone }) => (ours.has(name) ? [{ name, zone }] : []));
  const { left, isHopeless } = carrierZones(known, zones, { spread, oneZone, areMade: true });
  const faults = isHopeless ? left.map(({ what, todo }) => ({ key, sentence: `${what} ${todo}` })) : [];
  if (network && zones.length === 0 && known.length === 0) {
    const sentence =
      oneZone === undefined
        ? "is not set, and no node that EC2 knows is in a zone where EFS has mount targets; set it."
        : `none is in ${oneZone}, the zone of the One Zone file system; add a subnet of that zone.`;
    faults.push({ key: "alerting:network.subnetIds", sentence });
  }
  const warnings = isHopeless ? [] : left.map(({ what, todo }) => `${key}: ${what} ${todo}`);
  return { network, faults, warnings: [...found.warnings, ...warnings] };
}
