import { getInstances } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/cluster-facts";
import { addressIn, addressOf, knownId } from "./instance-names";

/** An EC2 instance, with the fields that are used to match nodes to it. */
export interface Machine {
  readonly id: string;
  /** The private address of the instance. */
  readonly address?: string | undefined;
}

/** A node with its instance id. */
export interface NodeWithId {
  readonly node: ClusterNode;
  readonly instanceId: string;
}

/** The maximum number of values in one filter of an EC2 request. */
const batchSize = 200;
/** All states except those of terminated instances: a stopped instance still belongs to its node. */
const instanceStateNames = ["pending", "running", "stopping", "stopped"];

type Filter = { name: string; values: string[] };

/** The instances that have one of the values, found with two hundred values in each request. */
async function inBatches<M>(values: readonly string[], ask: (some: string[]) => Promise<readonly M[]>): Promise<M[]> {
  const starts = Array.from({ length: Math.ceil(values.length / batchSize) }, (_, index) => index * batchSize);
  return (await Promise.all(starts.map((start) => ask(values.slice(start, start + batchSize))))).flat();
}

/**
 * Matches many nodes to their instances with few requests: by id, by the name that EC2 gave, or by address. A node that
 * matches no instance, or several, is left out. `ask` sends a request with one filter. If `isAddress` is set, the
 * request searches only the nodes' VPC, because instances of two VPCs may have the same address and therefore the same
 * name.
 */
async function matchMachines(
  nodes: readonly ClusterNode[],
  ask: (filter: string, values: string[], isAddress: boolean) => Promise<readonly Machine[]>,
): Promise<Map<ClusterNode, Machine>> {
  const byId = new Map<string, ClusterNode>();
  const byAddress = new Map<string, ClusterNode>();
  for (const node of nodes) {
    const [id, address] = [knownId(node), addressOf(node)];
    if (id !== undefined) byId.set(id, node);
    else if (address !== undefined) byAddress.set(address, node);
  }
  const names = [...byAddress.values()].map(({ name }) => name).filter((name) => addressIn(name) !== undefined);
  const [known, named] = await Promise.all([
    inBatches([...byId.keys()], (some) => ask("instance-id", some, false)),
    inBatches(names, (some) => ask("private-dns-name", some, true)),
  ]);
  const matched = new Map<ClusterNode, Machine>();
  const claim = (node: ClusterNode | undefined, machine: Machine) => node !== undefined && matched.set(node, machine);
  for (const machine of known) claim(byId.get(machine.id), machine);
  const claimByAddress = (machines: readonly Machine[]) => {
    for (const machine of machines) {
      const { address = "" } = machine;
      if (machines.filter((one) => one.address === address).length === 1) claim(byAddress.get(address), machine);
    }
  };
  claimByAddress(named);
  const left = [...byAddress].flatMap(([address, node]) => (matched.has(node) ? [] : [address]));
  claimByAddress(await inBatches(left, (some) => ask("private-ip-address", some, true)));
  return matched;
}

/** The instances that pass all filters. */
export async function machinesWith(filters: Filter[], options: InvokeOptions): Promise<Machine[]> {
  const { ids, privateIps } = await getInstances({ filters, instanceStateNames }, options);
  return ids.map((id, index) => ({ id, address: privateIps?.[index] }));
}

/** Finds the instances of many nodes; nodes without a match are `unclear`. */
export async function findIds(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<{ found: NodeWithId[]; unclear: ClusterNode[] }> {
  const inVpc = vpcId === undefined ? [] : [{ name: "vpc-id", values: [vpcId] }];
  const matched = await matchMachines(nodes, (name, values, isAddress) =>
    machinesWith([{ name, values }, ...(isAddress ? inVpc : [])], options),
  );
  // The result is in the order of the nodes: EC2 answers in any order, and the choice of a node for each zone must not
  // depend on that order.
  const found = nodes.flatMap((node) => {
    const machine = matched.get(node);
    return machine === undefined ? [] : [{ node, instanceId: machine.id }];
  });
  return { found, unclear: nodes.filter((node) => !matched.has(node)) };
}

/** The ids of the given nodes' instances that are in the zone and have one of the security groups. */
export async function likeThat(
  nodes: readonly NodeWithId[],
  { zone, securityGroupIds }: { zone: string; securityGroupIds: readonly string[] },
  options: InvokeOptions,
): Promise<Set<string>> {
  const further = [
    { name: "availability-zone", values: [zone] },
    { name: "instance.group-id", values: [...securityGroupIds] },
  ];
  const alike = await inBatches(
    nodes.map(({ instanceId }) => instanceId),
    (values) => machinesWith([{ name: "instance-id", values }, ...further], options),
  );
  return new Set(alike.map(({ id }) => id));
}
