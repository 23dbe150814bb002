import { getInstance, getInstances, getSubnet, type GetInstanceResult } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/look-up";
import type { StackSettings } from "../config";
import { ConfigurationError, type Fault } from "../configuration/faults";
import type { NodeSet } from "../configuration/schema";
import { awsFault, isUnknown, reason } from "./errors";
import { addressIn, findIds, instanceIdOf, likeThat } from "./manyInstances";

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

/** Finds a node's instance: by the id in its providerID, else by its private DNS name, which EC2 gives a node as its name. */
async function instanceOf(node: ClusterNode, options: InvokeOptions): Promise<NodeInstance | Fault> {
  const instanceId = instanceIdOf(node.providerId);
  const way = instanceId ? `the instance id ${instanceId} of its providerID` : `the private DNS name ${node.name}`;
  let found: GetInstanceResult;
  try {
    found = instanceId
      ? await getInstance({ instanceId }, options)
      : await getInstance({ filters: [{ name: "private-dns-name", values: [node.name] }, running] }, options);
  } catch (error) {
    if (!isUnknown(error)) throw new ConfigurationError([awsFault(error)]);
    const sentence =
      `EC2 does not know node "${node.name}" by ${way}: ${reason(error)}. Check alerting:aws.region and the account, ` +
      'set alerting:network.vpcId, subnetIds and securityGroupIds, or leave nodes out that are gone by alerting:missingNodes "warn".';
    return { key: "alerting:nodes", sentence };
  }
  return {
    node,
    instanceId: found.id,
    subnetId: found.subnetId,
    zone: found.availabilityZone,
    securityGroupIds: found.vpcSecurityGroupIds,
  };
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
): Promise<{ instances: NodeInstance[]; faults: Fault[] }> {
  const { found, unclear } =
    nodes.length > oneByOne ? await inFewQuestions(findIds(nodes, options)) : { found: [], unclear: nodes };
  const answers = await Promise.all(unclear.map((node) => instanceOf(node, options)));
  const instances = answers.filter((answer): answer is NodeInstance => "instanceId" in answer);
  const faults = answers.filter((answer): answer is Fault => "sentence" in answer);
  for (let left = found; left.length > 0;) {
    const first = await instanceOf(left[0]!.node, options);
    if ("sentence" in first) faults.push(first);
    else instances.push(first);
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

/** Names of the cluster's nodes whose instance carries an EC2 tag. */
export async function taggedNodes(
  tag: NonNullable<NodeSet["ec2Tag"]>,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
): Promise<string[]> {
  const filters = [{ name: `tag:${tag.key}`, values: [tag.value] }, running];
  const { ids, privateIps } = await getInstances({ filters }, options);
  const byId = new Map(nodes.map((node) => [instanceIdOf(node.providerId), node.name]));
  const byName = new Set(nodes.map((node) => node.name));
  const byAddress = new Map(nodes.map((node) => [addressIn(node.name), node.name]));
  const names = await Promise.all(
    ids.map(async (id, index) => {
      const known = byId.get(id) ?? (privateIps?.[index] && byAddress.get(privateIps[index]));
      return known ?? (await getInstance({ instanceId: id }, options)).privateDns;
    }),
  );
  return names.filter((name) => byName.has(name)).sort();
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
  const vpcs = new Set([...subnets.map((subnet) => subnet.vpcId), ...(vpcId ? [vpcId] : [])]);
  if (vpcs.size > 1) {
    faults.push({
      key,
      sentence: `the subnets are in more than one VPC (${[...vpcs].join(", ")}); all mount targets have to be in one.`,
    });
  }
  return faults;
}

// Map.groupBy would do, but came with Node 21.
function byZone(subnets: readonly Subnet[]): Map<string, Subnet[]> {
  const zones = new Map<string, Subnet[]>();
  for (const subnet of subnets) zones.set(subnet.zone, [...(zones.get(subnet.zone) ?? []), subnet]);
  return zones;
}

/** The network for the mount targets: explicit settings first, the nodes' for whatever is not set. */
export async function storageNetwork(
  { network: settings, missingNodes }: Pick<StackSettings, "network" | "missingNodes">,
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
): Promise<{ network?: StorageNetwork; faults: Fault[]; warnings?: string[] }> {
  const askNodes = !settings.subnetIds || !settings.securityGroupIds;
  const { instances, faults } = askNodes ? await findInstances(nodes, options) : { instances: [], faults: [] };
  // A machine that is gone while its Node object stays must not keep an urgent change back.
  const goOn = missingNodes === "warn" && instances.length > 0;
  if (faults.length > 0 && !goOn) return { faults };
  const ids = settings.subnetIds ?? subnetsByZone(instances).map(({ subnetId }) => subnetId);
  const described = await describeSubnets(ids, options);
  const wrong = [...described.faults, ...subnetFaults(described.subnets, settings.vpcId)];
  if (wrong.length > 0) return { faults: wrong };
  return {
    faults: [],
    warnings: faults.map(({ sentence }) => `${sentence} It is left out, because alerting:missingNodes is "warn".`),
    network: {
      vpcId: settings.vpcId ?? described.subnets[0]!.vpcId,
      subnets: described.subnets
        .map(({ id, zone }) => ({ zone, subnetId: id }))
        .sort((a, b) => a.zone.localeCompare(b.zone)),
      securityGroupIds:
        settings.securityGroupIds ?? [...new Set(instances.flatMap((one) => one.securityGroupIds))].sort(),
    },
  };
}
