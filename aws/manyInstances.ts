import { getInstances } from "@pulumi/aws/ec2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ClusterNode } from "../cluster/look-up";

/** A node with what EC2 knows it by. */
export interface NodeWithId {
  readonly node: ClusterNode;
  readonly instanceId: string;
}

/** What one question may name: EC2 takes no more values in a filter. */
const batchSize = 200;
const instanceStateNames = ["pending", "running", "stopping", "stopped"];

/** The instance id that `spec.providerID` carries (`aws:///<zone>/<instance id>`); undefined where there is none. */
export function instanceIdOf(providerId: string | undefined): string | undefined {
  return /^aws:\/\/\/[^/]*\/(i-[0-9a-f]+)$/.exec(providerId ?? "")?.[1];
}

/** The private address that is in a name which EC2 gave (`ip-10-0-1-10.…`); undefined where another gave it. */
export function addressIn(nodeName: string): string | undefined {
  return /^ip-(\d+-\d+-\d+-\d+)(\.|$)/.exec(nodeName)?.[1]?.replaceAll("-", ".");
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
  further: readonly { name: string; values: string[] }[] = [],
): Promise<Map<string, string | undefined>> {
  const answers = await Promise.all(
    batches(values).map((some) =>
      getInstances({ filters: [{ name: filter, values: some }, ...further], instanceStateNames }, options),
    ),
  );
  return new Map(answers.flatMap(({ ids, privateIps }) => ids.map((id, index) => [id, privateIps?.[index]] as const)));
}

/** Finds the instances of many nodes in few questions. A node whose name says nothing to EC2's lists is left `unclear`. */
export async function findIds(
  nodes: readonly ClusterNode[],
  options: InvokeOptions,
): Promise<{ found: NodeWithId[]; unclear: ClusterNode[] }> {
  const byId = new Map<string, ClusterNode>();
  const byAddress = new Map<string, ClusterNode>();
  for (const node of nodes) {
    const [id, address] = [instanceIdOf(node.providerId), addressIn(node.name)];
    if (id !== undefined) byId.set(id, node);
    else if (address !== undefined) byAddress.set(address, node);
  }
  const names = [...byAddress.values()].map(({ name }) => name);
  const [known, named] = await Promise.all([
    withAnyOf("instance-id", [...byId.keys()], options),
    withAnyOf("private-dns-name", names, options),
  ]);
  const ids = new Map([
    ...[...known.keys()].map((instanceId) => [byId.get(instanceId), instanceId] as const),
    ...[...named].map(([instanceId, address]) => [byAddress.get(address ?? ""), instanceId] as const),
  ]);
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
