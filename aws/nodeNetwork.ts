import { getInstance, getInstances, getSubnet, getSubnets, type GetInstanceResult } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/look-up";
import type { StackSettings } from "../config";
import { ConfigurationError, type Fault } from "../configuration/faults";
import type { NodeSet } from "../configuration/schema";
import { awsFault, isUnknown, reason } from "./errors";
import { addressOf, knownId } from "./instanceNames";
import { findIds, inVpc, likeThat, type NodeWithId } from "./manyInstances";

/** A node together with what EC2 says of its instance. */
export interface NodeInstance {
  readonly node: ClusterNode;
  readonly instanceId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly securityGroupIds: readonly string[];
}

/** The network of the file system: one subnet a zone, and who may mount. */
export interface StorageNetwork {
  readonly vpcId: string;
  readonly subnets: readonly { readonly zone: string; readonly subnetId: string }[];
  readonly securityGroupIds: readonly string[];
}

const running = { name: "instance-state-name", values: ["pending", "running", "stopping", "stopped"] };

/** A way to find a node's instance, and how it is told. */
interface Way {
  readonly ask: Parameters<typeof getInstance>[0];
  readonly told: string;
}

/**
 * By the instance id where the cluster knows it; else by the private DNS name, which EC2 gives a node as its name, and at
 * last by the address. An id that EC2 does not know is the end: another machine may have the address by now.
 */
function waysTo(node: ClusterNode, vpcId: string | undefined): Way[] {
  const id = knownId(node);
  if (id !== undefined) {
    const from = node.name.startsWith(id) ? "name" : "providerID";
    return [{ ask: { instanceId: id }, told: `the instance id ${id} of its ${from}` }];
  }
  const by = (name: string, value: string): Way["ask"] => ({
    filters: [{ name, values: [value] }, running, ...inVpc(vpcId)],
  });
  const address = addressOf(node);
  return [
    { ask: by("private-dns-name", node.name), told: `the private DNS name ${node.name}` },
    ...(address === undefined ? [] : [{ ask: by("private-ip-address", address), told: `the address ${address}` }]),
  ];
}

/** Finds a node's instance; a sentence where no way leads to one. */
async function instanceOf(
  node: ClusterNode,
  options: InvokeOptions,
  vpcId: string | undefined,
): Promise<NodeInstance | Fault> {
  const ways = waysTo(node, vpcId);
  let why = "";
  for (const { ask } of ways) {
    let found: GetInstanceResult;
    try {
      found = await getInstance(ask, options);
    } catch (error) {
      if (!isUnknown(error)) throw new ConfigurationError([awsFault(error)]);
      why = reason(error);
      continue;
    }
    return {
      node,
      instanceId: found.id,
      subnetId: found.subnetId,
      zone: found.availabilityZone,
      securityGroupIds: found.vpcSecurityGroupIds,
    };
  }
  const sentence =
    `EC2 does not know node "${node.name}" by ${ways.map(({ told }) => told).join(" or ")}: ${why}. Check alerting:aws.region and the account, ` +
    'set alerting:network.vpcId, subnetIds and securityGroupIds, or leave nodes out that are gone by alerting:missingNodes "warn".';
  return { key: "alerting:nodes", sentence };
}

/** Up to so many nodes are looked up one by one, all at the same time; of more, few are, for the others. */
const oneByOne = 20;

/**
 * Looks the nodes up in EC2. Each node that EC2 does not know is a fault that names it. Of many nodes the instances are
 * some that speak for the others: whatever node is left out is in the zone of one of them, and has one of its groups.
 */
export async function findInstances(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<{ instances: NodeInstance[]; faults: Fault[] }> {
  const { found, unclear } =
    nodes.length > oneByOne ? await inFewQuestions(findIds(nodes, options, vpcId)) : { found: [], unclear: nodes };
  const answers = await Promise.all(unclear.map((node) => instanceOf(node, options, vpcId)));
  const instances = answers.filter((answer): answer is NodeInstance => "instanceId" in answer);
  const faults = answers.filter((answer): answer is Fault => "sentence" in answer);
  for (let left = found; left.length > 0;) {
    const [{ node, instanceId }] = left as [NodeWithId];
    // By the id, which is known by now, however the node is called.
    const first = await instanceOf({ ...node, providerId: instanceId }, options, vpcId);
    if ("sentence" in first) faults.push(first);
    else instances.push({ ...first, node });
    const rest = left.slice(1);
    const spokenFor = "sentence" in first ? new Set<string>() : await inFewQuestions(likeThat(rest, first, options));
    left = rest.filter(({ instanceId }) => !spokenFor.has(instanceId));
  }
  // As the nodes are listed, however they were found: the first in a zone says where the mount target is.
  const place = new Map(nodes.map((node, index) => [node, index]));
  instances.sort((a, b) => place.get(a.node)! - place.get(b.node)!);
  return { instances, faults };
}

/** Of a list, EC2 that finds nothing answers with an empty one: whatever fails here is no answer at all. */
async function inFewQuestions<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new ConfigurationError([awsFault(error)]);
  }
}

/**
 * Names of the cluster's nodes whose instance carries an EC2 tag. A node with an id is told by that alone: in another VPC a
 * machine may have its address.
 */
export async function taggedNodes(
  tag: NonNullable<NodeSet["ec2Tag"]>,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<string[]> {
  const byId = new Map(nodes.map((node) => [knownId(node), node.name]));
  const withoutId = nodes.filter((node) => knownId(node) === undefined);
  const where = withoutId.length > 0 ? inVpc(vpcId) : [];
  const filters = [{ name: `tag:${tag.key}`, values: [tag.value] }, running, ...where];
  const { ids, privateIps = [] } = await getInstances({ filters }, options);
  const byName = new Set(withoutId.map(({ name }) => name));
  const byAddress = new Map(withoutId.map((node) => [addressOf(node), node.name]));
  const names = await Promise.all(
    ids.map(async (id, index) => {
      const address = privateIps[index];
      const isUnique = address !== undefined && privateIps.filter((one) => one === address).length === 1;
      const known = byId.get(id) ?? (isUnique ? byAddress.get(address) : undefined);
      if (known !== undefined || withoutId.length === 0) return known;
      const { privateDns } = await getInstance({ instanceId: id }, options);
      return byName.has(privateDns) ? privateDns : undefined;
    }),
  );
  return names.filter((name) => name !== undefined).sort();
}

/** Whether a zone is a Local or a Wavelength Zone, in which EFS has no mount targets: `us-west-2-lax-1a`. */
export function isEdgeZone(zone: string): boolean {
  return /-\d+-/.test(zone);
}

/** One subnet a zone, that of the first node listed there. */
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
      try {
        const { availabilityZone, vpcId } = await getSubnet({ id }, options);
        return { id, zone: availabilityZone, vpcId };
      } catch (error) {
        if (!isUnknown(error)) throw new ConfigurationError([awsFault(error)]);
        const sentence = `EC2 does not know the subnet ${id}: ${reason(error)}.`;
        return { key: "alerting:network.subnetIds", sentence };
      }
    }),
  );
  return {
    subnets: answers.filter((answer): answer is Subnet => "zone" in answer),
    faults: answers.filter((answer): answer is Fault => "sentence" in answer),
  };
}

/** Two subnets in one zone, or in two VPCs, are refused: EFS takes one mount target a zone, and all in one VPC. */
export function subnetFaults(subnets: readonly Subnet[], vpcId: string | undefined): Fault[] {
  const key = "alerting:network.subnetIds";
  const faults: Fault[] = [];
  for (const [zone, there] of byZone(subnets)) {
    if (there.length > 1) {
      const ids = there.map(({ id }) => id).join(" and ");
      faults.push({
        key,
        sentence: `${ids} are both in zone ${zone}, and EFS takes one mount target a zone; keep one of them.`,
      });
    }
  }
  for (const { id, zone } of subnets) {
    if (!isEdgeZone(zone)) continue;
    const sentence = `${id} is in ${zone}, and EFS has no mount targets in Local and Wavelength Zones; take it out.`;
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

/** Nodes in two VPCs, or in another than the one that is set, are refused where the mount targets go by them. */
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
      "Leave those out of alerting:nodes that are in another VPC than the masters, or set alerting:network.subnetIds and securityGroupIds to those of the masters' VPC.";
    return [{ key: "alerting:nodes", sentence }];
  }
  if (given === undefined || first === undefined || first === given) return [];
  const sentence = `got "${given}", but the nodes are in ${first}. Leave it out, or set alerting:network.subnetIds and securityGroupIds too.`;
  return [{ key: "alerting:network.vpcId", sentence }];
}

const shortened = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

// Map.groupBy would do, but came with Node 21.
function byZone(subnets: readonly Subnet[]): Map<string, Subnet[]> {
  const zones = new Map<string, Subnet[]>();
  for (const subnet of subnets) zones.set(subnet.zone, [...(zones.get(subnet.zone) ?? []), subnet]);
  return zones;
}

/** The network for the mount targets, what is wrong with it, and the machines that were asked for it. */
export interface FoundNetwork {
  readonly network?: StorageNetwork;
  readonly instances: readonly NodeInstance[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** The network for the mount targets: explicit settings first, the nodes' for whatever is not set. */
export async function storageNetwork(
  { network: settings, missingNodes }: Pick<StackSettings, "network" | "missingNodes">,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
): Promise<FoundNetwork> {
  const askNodes = !settings.subnetIds || !settings.securityGroupIds;
  const { instances, faults } = askNodes
    ? await findInstances(nodes, options, settings.vpcId)
    : { instances: [], faults: [] };
  // A machine that is gone while its Node object stays must not keep an urgent change back.
  const goOn = missingNodes === "warn" && instances.length > 0;
  if (faults.length > 0 && !goOn) return { instances, faults, warnings: [] };
  const ofNodes = subnetsByZone(instances.filter(({ zone }) => !isEdgeZone(zone)));
  const ids = settings.subnetIds ?? ofNodes.map(({ subnetId }) => subnetId);
  const described = await describeSubnets(ids, options);
  const vpcId = settings.vpcId ?? described.subnets[0]?.vpcId;
  const wrong = [
    ...described.faults,
    ...(settings.subnetIds
      ? subnetFaults(described.subnets, settings.vpcId)
      : vpcFaults(await vpcsOf(instances, described.subnets, options), settings.vpcId)),
  ];
  if (wrong.length > 0 || vpcId === undefined) return { instances, faults: wrong, warnings: [] };
  return {
    instances,
    faults: [],
    warnings: faults.map(({ sentence }) => `${sentence} It is left out, because alerting:missingNodes is "warn".`),
    network: {
      vpcId,
      subnets: described.subnets
        .map(({ id, zone }) => ({ zone, subnetId: id }))
        .sort((a, b) => a.zone.localeCompare(b.zone)),
      securityGroupIds:
        settings.securityGroupIds ?? [...new Set(instances.flatMap((one) => one.securityGroupIds))].sort(),
    },
  };
}

/** The VPC of each node: of the subnets that were described, and, in one question, of all others. */
async function vpcsOf(
  instances: readonly NodeInstance[],
  described: readonly Subnet[],
  options: InvokeOptions,
): Promise<{ name: string; vpcId: string }[]> {
  const vpcs = new Map(described.map(({ id, vpcId }) => [id, vpcId]));
  const others = [...new Set(instances.map(({ subnetId }) => subnetId))].filter((id) => !vpcs.has(id));
  const [vpcId] = vpcs.values();
  if (others.length > 0 && vpcId !== undefined) {
    const filters = [{ name: "subnet-id", values: others.slice(0, 200) }, ...inVpc(vpcId)];
    const same = await inFewQuestions(getSubnets({ filters }, options));
    for (const id of same.ids) vpcs.set(id, vpcId);
    const strange = others.slice(0, 200).filter((id) => !vpcs.has(id));
    for (const { id, vpcId: other } of (await describeSubnets(strange.slice(0, 1), options)).subnets)
      vpcs.set(id, other);
  }
  return instances.flatMap(({ node: { name }, subnetId }) => {
    const found = vpcs.get(subnetId);
    return found === undefined ? [] : [{ name, vpcId: found }];
  });
}
