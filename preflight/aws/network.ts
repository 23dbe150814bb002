import type { Instance, Subnet } from "@aws-sdk/client-ec2";
import { addressIn, instanceIdOf } from "../../aws/manyInstances";
import type { ChosenNode } from "../../cluster/node-choice";
import type { ClusterNode } from "../../cluster/look-up";
import type { StackSettings } from "../../config";
import type { Account } from "./account";

/** A node and what EC2 knows of its machine; without one where EC2 does not know it. */
export interface NodeMachine extends ChosenNode {
  readonly machine?: Instance;
}

/** The network around the nodes, as AWS tells it. */
export interface Network {
  readonly nodes: readonly NodeMachine[];
  /** Subnets of the mount targets: the configuration's, else one a zone of the nodes'. */
  readonly mountSubnets: readonly Subnet[];
  /** Subnets that the configuration names and EC2 does not know. */
  readonly unknownSubnets: readonly string[];
  readonly vpcId?: string;
  /** All subnets of the VPC. */
  readonly vpcSubnets: readonly Subnet[];
}

const running = { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] };
/** EC2 takes no more values in one filter. */
const batchSize = 200;

/** Finds the machines of nodes, in few questions: by the id in their providerID, else by the name that EC2 gave. */
export async function machinesOf(account: Account, nodes: readonly ChosenNode[]): Promise<NodeMachine[]> {
  const idOf = ({ node }: ChosenNode) => instanceIdOf(node.providerId);
  const ids = nodes.flatMap((one) => idOf(one) ?? []);
  const names = nodes.filter((one) => idOf(one) === undefined).map(({ node }) => node.name);
  const ask = (Name: string, values: readonly string[]) =>
    Promise.all(
      Array.from({ length: Math.ceil(values.length / batchSize) }, (_, index) =>
        account.instances([{ Name, Values: values.slice(index * batchSize, (index + 1) * batchSize) }, running]),
      ),
    );
  const found = (await Promise.all([ask("instance-id", ids), ask("private-dns-name", names)])).flat(2);
  return nodes.map((one) => {
    const id = idOf(one);
    const machine = found.find((instance) =>
      id === undefined ? instance.PrivateDnsName === one.node.name : instance.InstanceId === id,
    );
    return { ...one, ...(machine && { machine }) };
  });
}

/** Names of the cluster's nodes whose machine carries an EC2 tag. */
export async function taggedNames(
  account: Account,
  tag: { readonly key: string; readonly value: string },
  nodes: readonly ClusterNode[],
): Promise<string[]> {
  const machines = await account.instances([{ Name: `tag:${tag.key}`, Values: [tag.value] }, running]);
  return nodes
    .filter(({ name, providerId }) =>
      machines.some(
        ({ InstanceId, PrivateDnsName, PrivateIpAddress }) =>
          InstanceId === instanceIdOf(providerId) ||
          PrivateDnsName === name ||
          (PrivateIpAddress !== undefined && PrivateIpAddress === addressIn(name)),
      ),
    )
    .map(({ name }) => name)
    .sort();
}

/** Asks AWS for the network that the settings and the chosen nodes lead to. */
export async function readNetwork(
  account: Account,
  { vpcId: givenVpc, subnetIds }: StackSettings["network"],
  chosen: readonly ChosenNode[],
): Promise<Network> {
  const nodes = await machinesOf(account, chosen);
  const ids = subnetIds ?? [...new Set(nodes.flatMap(({ machine }) => machine?.SubnetId ?? []))];
  const subnets = ids.length > 0 ? await account.subnets([{ Name: "subnet-id", Values: [...ids] }]) : [];
  const vpcId = givenVpc ?? nodes.find(({ machine }) => machine?.VpcId)?.machine?.VpcId ?? subnets[0]?.VpcId;
  return {
    nodes,
    mountSubnets: subnetIds ? subnets : oneAZone(subnets),
    unknownSubnets: ids.filter((id) => !subnets.some(({ SubnetId }) => SubnetId === id)),
    ...(vpcId !== undefined && { vpcId }),
    vpcSubnets: vpcId === undefined ? [] : await account.subnets([{ Name: "vpc-id", Values: [vpcId] }]),
  };
}

function oneAZone(subnets: readonly Subnet[]): Subnet[] {
  return [...new Map([...subnets].reverse().map((one) => [one.AvailabilityZone, one])).values()].reverse();
}
