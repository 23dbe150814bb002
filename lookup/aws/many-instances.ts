import { getInstances } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/look-up";
import { addressIn, addressOf, knownId } from "./instance-names";

/** A node with what EC2 knows it by. */
export interface NodeWithId {
  readonly node: ClusterNode;
  readonly instanceId: string;
}

/** What one question may name: EC2 takes no more values in a filter. */
const batchSize = 200;
const instanceStateNames = ["pending", "running", "stopping", "stopped"];

type Filter = { name: string; values: string[] };

/** A filter for the machines of one VPC; none where the VPC is not known. */
function inVpc(vpcId: string | undefined): Filter[] {
  return vpcId === undefined ? [] : [{ name: "vpc-id", values: [vpcId] }];
}

function batches<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / batchSize);
  return Array.from({ length: count }, (_, index) => all.slice(index * batchSize, (index + 1) * batchSize));
}

/** Instances that have one of the values, two hundred a question, by id with their private addresses. */
async function withAnyOf(
  filter: string,
  values: readonly string[],
  options: InvokeOptions,
  further: readonly Filter[] = [],
): Promise<Map<string, string | undefined>> {
  const answers = await Promise.all(
    batches(values).map((some) =>
      getInstances({ filters: [{ name: filter, values: some }, ...further], instanceStateNames }, options),
    ),
  );
  return new Map(answers.flatMap(({ ids, privateIps }) => ids.map((id, index) => [id, privateIps?.[index]] as const)));
}

/**
 * Finds the instances of many nodes in few questions: by id, by the name that EC2 gave, by the address. A node of which
 * none says anything, or not one machine alone, is left `unclear`.
 */
export async function findIds(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<{ found: NodeWithId[]; unclear: ClusterNode[] }> {
  const byId = new Map<string, ClusterNode>();
  const byAddress = new Map<string, ClusterNode>();
  for (const node of nodes) {
    const [id, address] = [knownId(node), addressOf(node)];
    if (id !== undefined) byId.set(id, node);
    else if (address !== undefined) byAddress.set(address, node);
  }
  const [known, named] = await Promise.all([
    withAnyOf("instance-id", [...byId.keys()], options),
    withAnyOf(
      "private-dns-name",
      [...byAddress.values()].map(({ name }) => name).filter((name) => addressIn(name) !== undefined),
      options,
      inVpc(vpcId),
    ),
  ]);
  const ids = new Map<ClusterNode, string>();
  const claim = (node: ClusterNode | undefined, id: string) => node !== undefined && ids.set(node, id);
  for (const id of known.keys()) claim(byId.get(id), id);
  // Machines of two VPCs may have the same address, and so the same name.
  const claimEach = (answers: ReadonlyMap<string, string | undefined>) => {
    const addresses = [...answers.values()];
    for (const [id, address] of answers) {
      if (addresses.filter((one) => one === address).length === 1) claim(byAddress.get(address ?? ""), id);
    }
  };
  claimEach(named);
  const nameless = [...byAddress].flatMap(([address, node]) => (ids.has(node) ? [] : [address]));
  claimEach(await withAnyOf("private-ip-address", nameless, options, inVpc(vpcId)));
  // In the order of the nodes: EC2 answers in any, and which node stands for a zone must not depend on that.
  const found = nodes.flatMap((node) => {
    const instanceId = ids.get(node);
    return instanceId === undefined ? [] : [{ node, instanceId }];
  });
  return { found, unclear: nodes.filter((node) => !ids.has(node)) };
}

/** Of these nodes, the ones that are in the zone and have one of the security groups. */
export async function likeThat(
  nodes: readonly NodeWithId[],
  { zone, securityGroupIds }: { zone: string; securityGroupIds: readonly string[] },
  options: InvokeOptions,
): Promise<Set<string>> {
  const alike = await withAnyOf(
    "instance-id",
    nodes.map(({ instanceId }) => instanceId),
    options,
    [
      { name: "availability-zone", values: [zone] },
      { name: "instance.group-id", values: [...securityGroupIds] },
    ],
  );
  return new Set(alike.keys());
}
