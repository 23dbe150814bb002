import type { Filter, Instance, Subnet } from "@aws-sdk/client-ec2";
import { addressOf, knownId } from "../../../lookup/aws/instance-names";
import { isEdgeZone } from "../../../lookup/aws/node-network";
import type { ChosenNode } from "../../../lookup/cluster/node-choice";
import type { ClusterNode } from "../../../lookup/cluster/cluster-facts";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Account } from "./account";

/** A node with its EC2 instance; without an instance if EC2 does not know it. */
export interface NodeMachine extends ChosenNode {
  readonly machine?: Instance;
}

/** The network around the nodes, as AWS reports it. */
export interface Network {
  readonly nodes: readonly NodeMachine[];
  /** Subnets of the mount targets: the configured ones, otherwise one in each zone of the nodes. */
  readonly mountSubnets: readonly Subnet[];
  /** Subnets in the configuration that EC2 does not know. */
  readonly unknownSubnets: readonly string[];
  readonly vpcId?: string;
  /** All subnets of the VPC. */
  readonly vpcSubnets: readonly Subnet[];
  /** The file system that already holds this stack's data; undefined if there is none yet. */
  readonly livingFileSystem?: string;
}

const running = { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] };
/** EC2's limit for the values of one filter. */
const batchSize = 200;

/**
 * Finds the instances of nodes with few requests: by the id that the cluster knows, otherwise by the name that EC2
 * gave, and finally by the address, which an instance in another VPC may have too.
 */
export async function machinesOf<T extends Pick<ChosenNode, "node">>(
  account: Account,
  nodes: readonly T[],
  givenVpc?: string,
): Promise<(T & { readonly machine?: Instance })[]> {
  const ids = nodes.flatMap(({ node }) => knownId(node) ?? []);
  const others = nodes.filter(({ node }) => knownId(node) === undefined);
  const inVpc = givenVpc === undefined ? [] : [{ Name: "vpc-id", Values: [givenVpc] }];
  const ask = async (Name: string, values: readonly string[], further: readonly Filter[] = []) =>
    (
      await Promise.all(
        Array.from({ length: Math.ceil(values.length / batchSize) }, (_, index) => {
          const Values = values.slice(index * batchSize, (index + 1) * batchSize);
          return account.instances([{ Name, Values }, running, ...further]);
        }),
      )
    ).flat();
  const [byId, byName] = await Promise.all([
    ask("instance-id", ids),
    ask(
      "private-dns-name",
      others.map(({ node }) => node.name),
      inVpc,
    ),
  ]);
  const nameless = others.filter(({ node }) => !byName.some(({ PrivateDnsName }) => PrivateDnsName === node.name));
  const byAddress = await ask(
    "private-ip-address",
    nameless.flatMap(({ node }) => addressOf(node) ?? []),
    inVpc,
  );
  return nodes.map((one) => {
    const id = knownId(one.node);
    const address = addressOf(one.node);
    const only = (found: readonly Instance[]) => (found.length === 1 ? found[0] : undefined);
    const machine =
      id === undefined
        ? (only(byName.filter(({ PrivateDnsName }) => PrivateDnsName === one.node.name)) ??
          only(byAddress.filter(({ PrivateIpAddress }) => PrivateIpAddress === address)))
        : byId.find(({ InstanceId }) => InstanceId === id);
    return { ...one, ...(machine && { machine }) };
  });
}

/** Names of the cluster's nodes whose instance has an EC2 tag. */
export async function taggedNames(
  account: Account,
  tag: { readonly key: string; readonly value: string },
  nodes: readonly ClusterNode[],
  givenVpc?: string,
): Promise<string[]> {
  const [tagged, machines] = await Promise.all([
    account.instances([{ Name: `tag:${tag.key}`, Values: [tag.value] }, running]),
    machinesOf(
      account,
      nodes.map((node) => ({ node })),
      givenVpc,
    ),
  ]);
  const ids = new Set(tagged.map(({ InstanceId }) => InstanceId));
  return machines.flatMap(({ node, machine }) => (machine && ids.has(machine.InstanceId) ? [node.name] : [])).sort();
}

/** Reads the network of the chosen nodes and the settings from AWS. */
export async function readNetwork(
  account: Account,
  { vpcId: givenVpc, subnetIds }: StackSettings["network"],
  chosen: readonly ChosenNode[],
): Promise<Omit<Network, "livingFileSystem">> {
  const nodes = await machinesOf(account, chosen, givenVpc);
  const ids = subnetIds ?? [...new Set(nodes.flatMap(({ machine }) => machine?.SubnetId ?? []))];
  const subnets = ids.length > 0 ? await account.subnets([{ Name: "subnet-id", Values: [...ids] }]) : [];
  const vpcId = givenVpc ?? nodes.find(({ machine }) => machine?.VpcId)?.machine?.VpcId ?? subnets[0]?.VpcId;
  return {
    nodes,
    mountSubnets: subnetIds ? subnets : oneAZone(subnets.filter((one) => !isEdgeZone(one.AvailabilityZone ?? ""))),
    unknownSubnets: ids.filter((id) => !subnets.some(({ SubnetId }) => SubnetId === id)),
    ...(vpcId !== undefined && { vpcId }),
    vpcSubnets: vpcId === undefined ? [] : await account.subnets([{ Name: "vpc-id", Values: [vpcId] }]),
  };
}

function oneAZone(subnets: readonly Subnet[]): Subnet[] {
  return [...new Map([...subnets].reverse().map((one) => [one.AvailabilityZone, one])).values()].reverse();
}
