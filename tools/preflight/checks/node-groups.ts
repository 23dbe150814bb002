import type { Instance } from "@aws-sdk/client-ec2";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Account } from "../aws/account";
import type { Network } from "../aws/network";
import { type CheckResult, named, ok, warning } from "../../shared/check-result";
import { ownClusters } from "./balancer-subnets";

/**
 * Whether the controllers know which security group of a node to open for the NLBs: if a network interface has several,
 * the right one must be tagged for the cluster.
 */
export async function nodeGroups(
  { controller }: StackSettings["loadBalancer"],
  network: Pick<Network, "nodes">,
  account: Pick<Account, "securityGroupIds">,
): Promise<CheckResult[]> {
  const interfaces = network.nodes.flatMap(({ node, machine }) =>
    groupsOf(machine).map((groups) => ({ node: node.name, groups: [...new Set(groups)] })),
  );
  const several = interfaces.filter(({ groups }) => groups.length > 1);
  if (network.nodes.every(({ machine }) => machine === undefined)) {
    return [warning("is not known: EC2 knows none of the nodes.", 'See the row "nodes in EC2".')];
  }
  if (several.length === 0) return [ok("each node has one, which the controller uses.")];
  const ids = [...new Set(several.flatMap(({ groups }) => groups))];
  const own = [...ownClusters(network)];
  const keys = (own.length > 0 ? own : ["*"]).map((name) => `kubernetes.io/cluster/${name}`);
  const key = keys[0]!.replace("*", "<the cluster's name>");
  const tagged = await account.securityGroupIds([
    { Name: "group-id", Values: ids },
    { Name: "tag-key", Values: keys },
  ]);
  const results = several.flatMap(({ node, groups }): CheckResult[] => {
    const here = groups.filter((id) => tagged.includes(id));
    if (here.length === 1) return [];
    const tags = (verb: string, which: readonly string[], value = "") =>
      `\`aws ec2 ${verb}-tags --resources ${which.join(" ")} --tags Key=${key}${value}\`.`;
    const [what, todo] =
      here.length === 0
        ? ["none of them is tagged", `Tag one of them: ${tags("create", groups.slice(0, 1), ",Value=owned")}`]
        : [`${named(here)} are tagged`, `Keep the tag on one of them: ${tags("delete", here.slice(1))}`];
    const then = `${controller} then does not know which group to open, and the NLBs stay pending or reach no pod`;
    return [warning(`${node} has ${groups.length} on one interface, and ${what} with ${key}: ${then}.`, todo)];
  });
  return results.length > 0 ? results : [ok("if a node has several, one of them is tagged for the cluster.")];
}

/** The security groups of each network interface. */
function groupsOf(machine: Instance | undefined): string[][] {
  if (machine === undefined) return [];
  const interfaces = machine.NetworkInterfaces ?? [];
  const all = interfaces.length > 0 ? interfaces.map(({ Groups }) => Groups) : [machine.SecurityGroups];
  return all
    .map((groups) => (groups ?? []).flatMap(({ GroupId }) => GroupId ?? []))
    .filter((groups) => groups.length > 0);
}
