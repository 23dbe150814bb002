import { awsFault } from "../../aws/errors";
import { subnetFaults } from "../../aws/nodeNetwork";
import type { Configuration, StackSettings } from "../../config";
import type { Account } from "../aws/account";
import type { Network } from "../aws/network";
import { type Check, failed, type Finding, named, ok, skipped, warning } from "../check";
import { balancerSubnets } from "./balancerSubnets";
import { nodeGroups } from "./nodeGroups";

/** The account, and the network as AWS tells it, asked once for all checks; a reason where there is nothing to ask. */
export interface AwsAccess {
  readonly account: Account;
  readonly network: Promise<Network | { readonly why: string }>;
}

/** The check that says why AWS does not answer, which would be the same in all rows. */
const first = "nodes in EC2";

/** Subnets, zones, mount targets and DNS, as AWS tells them. */
export function networkChecks(configuration: Configuration, aws: AwsAccess | undefined): Check[] {
  const { settings } = configuration;
  const { storage, loadBalancer, network: given } = settings;
  const onEfs = storage?.type === "efs";
  const check = (name: string, ask: (network: Network, account: Account) => Promise<Finding[]> | Finding[]): Check => ({
    name,
    async run() {
      if (aws === undefined) return [skipped("the region could not be read, as the configuration's check says.")];
      let network: Awaited<AwsAccess["network"]>;
      try {
        network = await aws.network;
      } catch (error) {
        return [name === first ? refused(error) : skipped(`AWS did not answer, as the row "${first}" says.`)];
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
      if (nodes.length === 0) return [warning("no node is chosen, so EC2 was asked for none.")];
      if (unknown.length === 0) return [ok(`EC2 knows all ${nodes.length}, in ${zonesOf(nodes)}.`)];
      const what = `EC2 does not know ${named(unknown)}, by the instance id of the providerID or by the name.`;
      const todo =
        "Check alerting:aws.region and the account, or set alerting:network.vpcId, subnetIds and securityGroupIds.";
      const makesTargets = onEfs && storage.mountTargets === "create";
      const asked = makesTargets && !(given?.subnetIds && given.securityGroupIds);
      if (makesTargets && !asked)
        return [ok(`EC2 does not know ${named(unknown)}; alerting:network says what it would tell.`)];
      const isFault = asked && (settings.missingNodes !== "warn" || unknown.length === nodes.length);
      return [isFault ? failed(what, todo) : warning(what, todo)];
    }),
    check("subnets and zones", (network, account) => mountTargets(network, account, settings)),
    check("DNS in the VPC", async ({ vpcId }, account) => {
      if (vpcId === undefined) return [warning("cannot be told: the VPC is not known.", "Set alerting:network.vpcId.")];
      const [support, hostnames] = await Promise.all([
        account.vpcAttribute(vpcId, "enableDnsSupport"),
        account.vpcAttribute(vpcId, "enableDnsHostnames"),
      ]);
      const lacking = [...(support ? [] : ["enableDnsSupport"]), ...(hostnames ? [] : ["enableDnsHostnames"])];
      if (lacking.length === 0) return [ok(`${vpcId} resolves names, and gives hosts names.`)];
      const what = `${vpcId} has ${lacking.join(" and ")} switched off`;
      // AWS takes one of them at a time.
      const flags: Readonly<Record<string, string>> = {
        enableDnsSupport: "--enable-dns-support",
        enableDnsHostnames: "--enable-dns-hostnames",
      };
      const commands = lacking.map((one) => `\`aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${flags[one]}\``);
      const todo = `${commands.join(" and ")}.`;
      return [onEfs ? failed(`${what}, and EFS is mounted by a name of it.`, todo) : warning(`${what}.`, todo)];
    }),
    check("NLB subnets", (network) => {
      if (loadBalancer === undefined) return [skipped("alerting:loadBalancer could not be read.")];
      return balancerSubnets(loadBalancer, network);
    }),
    check("node security groups", (network, account) => {
      if (loadBalancer === undefined) return [skipped("alerting:loadBalancer could not be read.")];
      return nodeGroups(loadBalancer, network, account);
    }),
  ];
}

function refused(error: unknown): Finding {
  const { sentence } = awsFault(error);
  const isRight = /UnauthorizedOperation|AccessDenied|not authorized/i.test(`${(error as Error).name} ${sentence}`);
  // Credentials that serve `pulumi up` may lack a right that only this look needs.
  return isRight ? warning(`cannot be told: ${sentence}`) : failed(sentence);
}

function zonesOf(nodes: Network["nodes"]): string {
  const zones = new Set(nodes.flatMap(({ machine }) => machine?.Placement?.AvailabilityZone ?? []));
  return named([...zones].sort(), 6);
}

/** Whether EFS can be mounted where the masters are: one mount target a zone, all in one VPC, a zone for each master. */
async function mountTargets(network: Network, account: Account, settings: Partial<StackSettings>): Promise<Finding[]> {
  const { storage } = settings;
  if (storage === undefined) return [skipped("alerting:storage could not be read.")];
  if (storage.type !== "efs") return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
  const findings: Finding[] = network.unknownSubnets.map((id) =>
    failed(
      `alerting:network.subnetIds: EC2 does not know the subnet ${id}.`,
      "Check the id, the region and the account.",
    ),
  );
  const id = storage.fileSystemId;
  const system = id === undefined ? undefined : await account.fileSystem(id);
  if (id !== undefined && system === undefined) {
    findings.push(
      failed(
        `EFS does not know the file system ${id}.`,
        "Check alerting:storage.fileSystemId, the region and the account; without that setting one is made.",
      ),
    );
    return findings;
  }
  const existing = storage.mountTargets === "existing" && id !== undefined ? await account.mountTargets(id) : undefined;
  if (existing === undefined) {
    const subnets = network.mountSubnets.map((one) => ({
      id: one.SubnetId ?? "",
      zone: one.AvailabilityZone ?? "",
      vpcId: one.VpcId ?? "",
    }));
    const faults = subnetFaults(subnets, settings.network?.vpcId);
    findings.push(...faults.map(({ key, sentence }) => failed(`${key}: ${sentence}`)));
  }
  const zones = new Set(
    existing
      ? existing.map(({ AvailabilityZoneName }) => AvailabilityZoneName)
      : network.mountSubnets.map(({ AvailabilityZone }) => AvailabilityZone),
  );
  for (const { node, machine, role } of network.nodes) {
    const zone = machine?.Placement?.AvailabilityZone;
    if (role !== "master" || zone === undefined || zones.has(zone)) continue;
    findings.push(
      failed(
        `master ${node.name} is in zone ${zone}, which ${existing ? "has" : "would get"} no mount target, so nothing is mounted there.`,
        existing ? `Make one in a subnet of ${zone}.` : `Add a subnet of ${zone} to alerting:network.subnetIds.`,
      ),
    );
  }
  if (findings.length > 0) return findings;
  if (zones.size === 0) return [warning("cannot be told: no subnet is known.", "See the rows about nodes.")];
  const where = named([...zones].map(String).sort(), 6);
  return [ok(`one mount target a zone: ${where}${existing ? "" : ", made by `pulumi up`"}.`)];
}
