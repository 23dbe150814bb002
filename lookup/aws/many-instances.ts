import { getInstances } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/look-up";
import { addressIn, addressOf, knownId } from "./instance-names";

/** A machine in EC2, as far as nodes are matched to it. */
export interface Machine {
  readonly id: string;
  /** Its private address. */
  readonly address?: string | undefined;
}

/** A node with what EC2 knows it by. */
export interface NodeWithId {
  readonly node: ClusterNode;
  readonly instanceId: string;
}

/** What one question may name: EC2 takes no more values in a filter. */
const batchSize = 200;
/** All that is not gone: a stopped machine is still the node's. */
const instanceStateNames = ["pending", "running", "stopping", "stopped"];

type Filter = { name: string; values: string[] };

/** Machines that have one of the values, two hundred a question. */
async function inBatches<M>(values: readonly string[], ask: (some: string[]) => Promise<readonly M[]>): Promise<M[]> {
  const starts = Array.from({ length: Math.ceil(values.length / batchSize) }, (_, index) => index * batchSize);
  return (await Promise.all(starts.map((start) => ask(values.slice(start, start + batchSize))))).flat();
}

/**
 * Matches many nodes to their machines in few questions: by the id, by the name that EC2 gave, by the address. Left out is
 * a node of which none of these says anything, or not one machine only. `ask` asks by one filter; within the nodes' VPC
 * where `isAddress`, because machines of two VPCs may have the same address, and so the same name.
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

/** The machines that pass all filters. */
export async function machinesWith(filters: Filter[], options: InvokeOptions): Promise<Machine[]> {
  const { ids, privateIps } = await getInstances({ filters, instanceStateNames }, options);
  return ids.map((id, index) => ({ id, address: privateIps?.[index] }));
}

/** Finds the instances of many nodes; those that none was found for are `unclear`. */
export async function findIds(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
  vpcId?: string,
): Promise<{ found: NodeWithId[]; unclear: ClusterNode[] }> {
  const inVpc = vpcId === undefined ? [] : [{ name: "vpc-id", values: [vpcId] }];
  const matched = await matchMachines(nodes, (name, values, isAddress) =>
    machinesWith([{ name, values }, ...(isAddress ? inVpc : [])], options),
  );
  // In the order of the nodes: EC2 answers in any, and which node stands for a zone must not depend on that.
  const found = nodes.flatMap((node) => {
    const machine = matched.get(node);
    return machine === undefined ? [] : [{ node, instanceId: machine.id }];
  });
  return { found, unclear: nodes.filter((node) => !matched.has(node)) };
}

/** Of these nodes, the ids of those that are in the zone and have one of the security groups. */
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
