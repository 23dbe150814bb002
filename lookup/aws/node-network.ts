import { getNetworkInterface, getSubnet } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/cluster-facts";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import type { NodeSet } from "../../settings/schema";
import { answered, ifKnown } from "./errors";
import { addressIn, addressOf, knownId } from "./instance-names";
import { findIds, likeThat, machinesWith, type NodeWithId } from "./many-instances";

/** A node and its EC2 instance. */
export interface NodeInstance {
  readonly node: ClusterNode;
  readonly instanceId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly securityGroupIds: readonly string[];
}

/** The network of the file system: one subnet for each zone, and the security groups that may mount. */
export interface StorageNetwork {
  readonly vpcId: string;
  readonly subnets: readonly { readonly zone: string; readonly subnetId: string }[];
  readonly securityGroupIds: readonly string[];
}

/**
 * Describes how a node was searched in EC2. If EC2 does not know the id, nothing else is tried: another machine may
 * have the address by now.
 */
function waysTo(node: ClusterNode): string {
  const id = knownId(node);
  if (id !== undefined) return `the instance id ${id} of its ${node.name.startsWith(id) ? "name" : "providerID"}`;
  const address = addressOf(node);
  const ways = [
    ...(addressIn(node.name) === undefined ? [] : [`the private DNS name ${node.name}`]),
    ...(address === undefined ? [] : [`the address ${address}`]),
  ];
  return ways.join(" or ") || "its name alone";
}

function notFound(node: ClusterNode, why = "it has no such machine, or more than one"): Fault {
  const sentence =
    `EC2 does not know node "${node.name}" by ${waysTo(node)}: ${why}. Check alerting:aws.region and the account, ` +
    'set alerting:network.vpcId, subnetIds and securityGroupIds, or skip missing nodes with alerting:missingNodes "warn".';
  return { key: "alerting:nodes", sentence };
}

/**
 * Reads a node's network from its first interface. A look-up of the instance would read its user data, which may
 * contain join tokens; a preview's role does not need that right.
 */
async function networkOf({ node, instanceId }: NodeWithId, options: InvokeOptions): Promise<NodeInstance | Fault> {
  const filters = [
    { name: "attachment.instance-id", values: [instanceId] },
    { name: "attachment.device-index", values: ["0"] },
  ];
  const { found, unknown } = await ifKnown(getNetworkInterface({ filters }, options));
  if (found === undefined) return notFound(node, unknown);
  const { vpcId, subnetId, availabilityZone: zone, securityGroups: securityGroupIds } = found;
  return { node, instanceId, vpcId, subnetId, zone, securityGroupIds };
}

/**
 * Up to this number of nodes, all their networks are read, in parallel. With more nodes, only some are read as samples.
 */
const readEach = 20;

/**
 * Finds the nodes in EC2 and reports each node that EC2 does not know. If there are many nodes, the returned instances
 * are samples: every other node is in the zone of one of them and has one of its security groups.
 */
export async function findInstances(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<{ instances: NodeInstance[]; faults: Fault[] }> {
  const { found, unclear } = await answered(findIds(nodes, options, vpcId));
  const instances: NodeInstance[] = [];
  // EC2 answers with an empty list if it finds nothing, so an error is a failure and not an answer.
  const faults = unclear.map((node) => notFound(node));
  for (let left = found; left.length > 0;) {
    const now = nodes.length > readEach ? left.slice(0, 1) : left;
    const answers = await Promise.all(now.map((one) => networkOf(one, options)));
    faults.push(...answers.filter((answer): answer is Fault => "sentence" in answer));
    const read = answers.filter((answer): answer is NodeInstance => "instanceId" in answer);
    instances.push(...read);
    left = left.slice(now.length);
    const [first] = read;
    if (left.length === 0 || first === undefined) continue;
    const spokenFor = await answered(likeThat(left, first, options));
    left = left.filter(({ instanceId }) => !spokenFor.has(instanceId));
  }
  // The instances are in the order of the node list: the first node of a zone decides the subnet of its mount target.
  const place = new Map(nodes.map((node, index) => [node, index]));
  instances.sort((a, b) => place.get(a.node)! - place.get(b.node)!);
  return { instances, faults };
}

/** Names of the cluster's nodes whose instance has an EC2 tag. */
export async function taggedNodes(
  tag: NonNullable<NodeSet["ec2Tag"]>,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<string[]> {
  const [{ found }, tagged] = await Promise.all([
    findIds(nodes, options, vpcId),
    machinesWith([{ name: `tag:${tag.key}`, values: [tag.value] }], options),
  ]);
  const ids = new Set(tagged.map(({ id }) => id));
  return found.flatMap(({ node, instanceId }) => (ids.has(instanceId) ? [node.name] : [])).sort();
}

/** Whether a zone is a Local or Wavelength Zone, such as `us-west-2-lax-1a`. EFS has no mount targets there. */
export function isEdgeZone(zone: string): boolean {
  return /-\d+-/.test(zone);
}

/** One subnet for each zone: the subnet of the first listed node in the zone. */
export function subnetsByZone(
  instances: readonly Pick<NodeInstance, "zone" | "subnetId">[],
): StorageNetwork["subnets"] {
  const first = new Map<string, string>();
  for (const { zone, subnetId } of instances) if (!first.has(zone)) first.set(zone, subnetId);
  return [...first].map(([zone, subnetId]) => ({ zone, subnetId })).sort((a, b) => a.zone.localeCompare(b.zone));
}

interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly vpcId: string;
}

async function describeSubnets(
  ids: readonly string[],
  options: InvokeOptions,
): Promise<{ subnets: Subnet[]; faults: Fault[] }> {
  const answers = await Promise.all(
    [...new Set(ids)].map(async (id): Promise<Subnet | Fault> => {
      const { found, unknown } = await ifKnown(getSubnet({ id }, options));
      if (found !== undefined) return { id, zone: found.availabilityZone, vpcId: found.vpcId };
      return { key: "alerting:network.subnetIds", sentence: `EC2 does not know the subnet ${id}: ${unknown}.` };
    }),
  );
  return {
    subnets: answers.filter((answer): answer is Subnet => "zone" in answer),
    faults: answers.filter((answer): answer is Fault => "sentence" in answer),
  };
}

/** Reports two subnets in one zone or in two VPCs: EFS allows one mount target in a zone, and all in one VPC. */
export function subnetFaults(subnets: readonly Subnet[], vpcId: string | undefined): Fault[] {
  const key = "alerting:network.subnetIds";
  const faults: Fault[] = [];
  for (const [zone, there] of byZone(subnets)) {
    if (there.length > 1) {
      const ids = there.map(({ id }) => id).join(" and ");
      faults.push({
        key,
        sentence: `${ids} are both in zone ${zone}, and EFS allows one mount target in a zone; keep one of them.`,
      });
    }
  }
  for (const { id, zone } of subnets) {
    if (!isEdgeZone(zone)) continue;
    const sentence = `${id} is in ${zone}, and EFS has no mount targets in Local and Wavelength Zones; remove it.`;
    faults.push({ key, sentence });
  }
  const vpcs = new Set([...subnets.map((subnet) => subnet.vpcId), ...(vpcId ? [vpcId] : [])]);
  if (vpcs.size > 1) {
    faults.push({
      key,
      sentence: `the subnets are in more than one VPC (${[...vpcs].join(", ")}); all mount targets have to be in one.`,
    });
  }
  return faults;
}

/** Reports nodes in two VPCs, or outside the configured VPC, if the nodes decide where the mount targets are. */
export function vpcFaults(
  nodes: readonly { readonly name: string; readonly vpcId: string }[],
  given?: string,
): Fault[] {
  const inEach = new Map<string, string[]>();
  for (const { name, vpcId } of nodes) inEach.set(vpcId, [...(inEach.get(vpcId) ?? []), name]);
  const [first] = inEach.keys();
  if (inEach.size > 1) {
    const named = [...inEach].map(([vpcId, names]) => `${vpcId} (${shortened(names)})`).join(" and ");
    const sentence =
      `the nodes are in more than one VPC, ${named}, and all mount targets of a file system have to be in one. ` +
      "Remove the nodes from alerting:nodes that are not in the masters' VPC, or set alerting:network.subnetIds and securityGroupIds to those of the masters' VPC.";
    return [{ key: "alerting:nodes", sentence }];
  }
  if (given === undefined || first === undefined || first === given) return [];
  const sentence = `got "${given}", but the nodes are in ${first}. Leave it out, or set alerting:network.subnetIds and securityGroupIds too.`;
  return [{ key: "alerting:network.vpcId", sentence }];
}

const shortened = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

// Groups subnets by zone. `Map.groupBy` is not available before Node 21.
function byZone(subnets: readonly Subnet[]): Map<string, Subnet[]> {
  const zones = new Map<string, Subnet[]>();
  for (const subnet of subnets) zones.set(subnet.zone, [...(zones.get(subnet.zone) ?? []), subnet]);
  return zones;
}

/** The network of the mount targets, its problems, and the instances that it was derived from. */
export interface FoundNetwork {
  readonly network?: StorageNetwork;
  readonly instances: readonly NodeInstance[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** The network of the mount targets: from the settings, and from the nodes if a setting is missing. */
export async function storageNetwork(
  { network: settings, missingNodes }: Pick<StackSettings, "network" | "missingNodes">,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
): Promise<FoundNetwork> {
  const askNodes = !settings.subnetIds || !settings.securityGroupIds;
  const { instances, faults } = askNodes
    ? await findInstances(nodes, options, settings.vpcId)
    : { instances: [], faults: [] };
  // With `missingNodes: warn`, a terminated machine whose Node object remains does not block an urgent change.
  const goOn = missingNodes === "warn" && instances.length > 0;
  if (faults.length > 0 && !goOn) return { instances, faults, warnings: [] };
  const given = settings.subnetIds && (await describeSubnets(settings.subnetIds, options));
  const vpcId = settings.vpcId ?? given?.subnets[0]?.vpcId ?? instances[0]?.vpcId;
  const wrong = given
    ? [...given.faults, ...subnetFaults(given.subnets, settings.vpcId)]
    : vpcFaults(
        instances.map(({ node: { name }, vpcId: its }) => ({ name, vpcId: its })),
        settings.vpcId,
      );
  if (wrong.length > 0 || vpcId === undefined) return { instances, faults: wrong, warnings: [] };
  return {
    instances,
    faults: [],
    warnings: faults.map(({ sentence }) => `${sentence} It is left out, because alerting:missingNodes is "warn".`),
    network: {
      vpcId,
      subnets: subnetsByZone(
        given?.subnets.map(({ id, zone }) => ({ zone, subnetId: id })) ??
          instances.filter(({ zone }) => !isEdgeZone(zone)),
      ),
      securityGroupIds:
        settings.securityGroupIds ?? [...new Set(instances.flatMap((one) => one.securityGroupIds))].sort(),
    },
  };
}
