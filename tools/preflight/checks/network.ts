import { awsFault, keptOutAccount } from "../../../lookup/aws/errors";
import type { Configuration } from "../../../config";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Account } from "../aws/account";
import type { Network } from "../aws/network";
import { mountTargets } from "./mount-targets";
import { type Check, failed, type CheckResult, named, ok, skipped, warning } from "../../shared/check-result";
import { balancerSubnets } from "./balancer-subnets";
import { carriers } from "../../../lookup/cluster/carriers";
import { nodeCredentials } from "./node-credentials";
import { nodeGroups } from "./node-groups";
import { validSections } from "../../../settings/readable";

/** The account and its network, read from AWS once for all checks; a reason if there is nothing to read. */
export interface AwsAccess {
  readonly account: Account;
  readonly network: Promise<Network | { readonly why: string }>;
}

/** The check that reports why AWS does not answer; the other rows would only repeat it. */
const first = "nodes in EC2";

/** Checks of subnets, zones, mount targets and DNS, as AWS reports them. */
export function networkChecks(configuration: Configuration, aws: AwsAccess | undefined): Check[] {
  const settings = validSections(configuration);
  const { storage, loadBalancer, longTerm, availability, network: given } = settings;
  const isSignedByNode = longTerm?.engine === "amp" && longTerm.signing === "node";
  const onEfs = storage?.type === "efs";
  const isMountedByName = onEfs && storage.mountTargetIp === undefined;
  const check = (
    name: string,
    ask: (network: Network, account: Account) => Promise<CheckResult[]> | CheckResult[],
  ): Check => ({
    name,
    async run() {
      if (aws === undefined) return [skipped("the region could not be read, as the configuration's check says.")];
      let network: Awaited<AwsAccess["network"]>;
      try {
        network = await aws.network;
      } catch (error) {
        return [name === first ? refused(error) : skipped(`AWS did not answer: see the row "${first}".`)];
      }
      if ("why" in network) return [skipped(`${network.why}.`)];
      try {
        return await ask(network, aws.account);
      } catch (error) {
        return [refused(error)];
      }
    },
  });
  return [
    check(first, ({ nodes }) => {
      const unknown = nodes.filter(({ machine }) => machine === undefined).map(({ node }) => node.name);
      if (nodes.length === 0) return [warning("no node is chosen, so EC2 was not asked.")];
      const keptOut = accountsKeptOut(nodes, settings.aws);
      if (keptOut.length > 0) return keptOut;
      if (unknown.length === 0) return [ok(`EC2 knows all ${nodes.length}, in ${zonesOf(nodes)}.`)];
      const what = `EC2 does not know ${named(unknown)}, by the instance id of the providerID, by the name or by the address.`;
      const todo =
        "Check alerting:aws.region and the account, or set alerting:network.vpcId, subnetIds and securityGroupIds.";
      const makesTargets = onEfs && storage.mountTargets === "create";
      const asked = makesTargets && !(given?.subnetIds && given.securityGroupIds);
      if (makesTargets && !asked)
        return [ok(`EC2 does not know ${named(unknown)}; alerting:network has everything that it would return.`)];
      const isFault = asked && (settings.missingNodes !== "warn" || unknown.length === nodes.length);
      return [isFault ? failed(what, todo) : warning(what, todo)];
    }),
    check("subnets and zones", (network, account) => mountTargets(network, account, configuration)),
    check("DNS in the VPC", async ({ vpcId }, account) => {
      if (vpcId === undefined) return [warning("is not known: the VPC is not known.", "Set alerting:network.vpcId.")];
      const [support, hostnames] = await Promise.all([
        account.vpcAttribute(vpcId, "enableDnsSupport"),
        account.vpcAttribute(vpcId, "enableDnsHostnames"),
      ]);
      const lacking = [...(support ? [] : ["enableDnsSupport"]), ...(hostnames ? [] : ["enableDnsHostnames"])];
      if (lacking.length === 0) return [await dnsServers(vpcId, account, isMountedByName)];
      const what = `${vpcId} has ${lacking.join(" and ")} switched off`;
      // AWS accepts a change of only one of these attributes at a time.
      const flags: Readonly<Record<string, string>> = {
        enableDnsSupport: "--enable-dns-support",
        enableDnsHostnames: "--enable-dns-hostnames",
      };
      const commands = lacking.map((one) => `\`aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${flags[one]}\``);
      const todo = `${commands.join(" and ")}.`;
      return [
        isMountedByName ? failed(`${what}, and EFS is mounted by a name in the VPC.`, todo) : warning(`${what}.`, todo),
      ];
    }),
    check("NLB subnets", (network) => {
      if (loadBalancer === undefined) return [skipped("alerting:loadBalancer could not be read.")];
      return balancerSubnets(loadBalancer, network);
    }),
    check("node security groups", (network, account) => {
      if (loadBalancer === undefined) return [skipped("alerting:loadBalancer could not be read.")];
      return nodeGroups(loadBalancer, network, account);
    }),
    ...(isSignedByNode
      ? [check("node credentials", ({ nodes }) => nodeCredentials(carriers(nodes, availability?.spread ?? "masters")))]
      : []),
  ];
}

/**
 * Reports the nodes' account if the settings do not allow it: EC2 shows only instances of the credentials' account, and
 * a preview works only in an allowed account.
 */
function accountsKeptOut(nodes: Network["nodes"], aws: StackSettings["aws"] | undefined): CheckResult[] {
  const { allowedAccountIds, forbiddenAccountIds } = aws ?? {};
  const accounts = new Set(nodes.flatMap(({ machine }) => machine?.NetworkInterfaces?.[0]?.OwnerId ?? []));
  const isOut = (id: string) => allowedAccountIds?.includes(id) === false || forbiddenAccountIds?.includes(id) === true;
  return [...accounts].filter(isOut).map((id) => {
    const { what, todo } = keptOutAccount(id);
    return failed(what, todo);
  });
}

function refused(error: unknown): CheckResult {
  const { sentence } = awsFault(error);
  const isRight = /UnauthorizedOperation|AccessDenied|not authorized/i.test(`${(error as Error).name} ${sentence}`);
  // Credentials that suffice for `pulumi up` may lack a permission that only this check needs.
  return isRight ? warning(`is not known: ${sentence}`) : failed(sentence);
}

function zonesOf(nodes: Network["nodes"]): string {
  const zones = new Set(nodes.flatMap(({ machine }) => machine?.Placement?.AvailabilityZone ?? []));
  return named([...zones].sort(), 6);
}

/** Whether the VPC's own resolver looks up EFS' name; no other resolver knows it. */
async function dnsServers(vpcId: string, account: Account, isMountedByName: boolean): Promise<CheckResult> {
  const others = (await account.dnsServers(vpcId)).filter((one) => one !== "AmazonProvidedDNS");
  if (others.length === 0) return ok(`${vpcId} resolves names, and assigns host names.`);
  const what = `the DHCP options of ${vpcId} name the DNS servers ${named(others)}`;
  if (!isMountedByName) return ok(`${what}; EFS is not mounted by a name in the VPC.`);
  return warning(
    `${what}, and EFS is mounted by a name that only the VPC's own resolver knows.`,
    "Have them forward it to the VPC's resolver, or set alerting:storage.mountTargetIp.",
  );
}
