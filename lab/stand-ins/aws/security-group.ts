import * as ec2 from "@aws-sdk/client-ec2";
import type { Properties } from "../properties";
import { until } from "./errors";
import type { Kind } from "./kind";
import { fromAws } from "./shapes";
import { tagList, tagMap } from "./tags";

/** `aws:ec2/securityGroup:SecurityGroup`. Its rules are resources of their own; the outputs show them all the same. */
export const securityGroup: Kind = {
  what: "security group",
  inputs: {
    description: { replace: true, default: "Managed by Pulumi" },
    name: { replace: true, computed: true },
    revokeRulesOnDelete: { default: false },
    tags: {},
    vpcId: { replace: true, computed: true },
  },
  outputs: "arn egress ingress ownerId",
  tags: "ec2",

  check(inputs, { call, olds, seed }) {
    const hex = Buffer.from(seed).toString("hex").slice(0, 7);
    inputs.name ??= olds.name ?? `${call.name}-${hex}`;
    return [];
  },

  async create({ ec2: client }, inputs) {
    const Tags = tagList(inputs.tagsAll);
    const { GroupId } = await client.send(
      new ec2.CreateSecurityGroupCommand({
        GroupName: inputs.name as string,
        Description: inputs.description as string,
        VpcId: inputs.vpcId as string | undefined,
        TagSpecifications: Tags.length > 0 ? [{ ResourceType: "security-group", Tags }] : [],
      }),
    );
    return GroupId!;
  },

  // AWS gives each new group a rule that allows all outgoing traffic; the real provider takes it away as well.
  async settle({ ec2: client }, id) {
    const { SecurityGroups } = await client.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const IpPermissions = SecurityGroups?.[0]?.IpPermissionsEgress ?? [];
    if (IpPermissions.length > 0) {
      await client.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions }));
    }
  },

  async read({ ec2: client, region }, id) {
    const { SecurityGroups } = await client.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const found = SecurityGroups![0]!;
    return {
      ...fromAws(found, "description ownerId vpcId"),
      name: found.GroupName,
      arn: found.SecurityGroupArn ?? `arn:aws:ec2:${region}:${found.OwnerId}:security-group/${id}`,
      ingress: (found.IpPermissions ?? []).map((rule) => ruleOf(rule, id)),
      egress: (found.IpPermissionsEgress ?? []).map((rule) => ruleOf(rule, id)),
      tagsAll: tagMap(found.Tags),
    };
  },

  async delete({ ec2: client, call, timeoutMs }, id) {
    const what = `the security group ${id} is still in use`;
    await until({ what, timeoutMs: timeoutMs(900_000), signal: call.signal }, () =>
      client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: id })).then(
        () => true,
        (error: Error) => {
          // A network interface that has just been deleted still counts for a while.
          if (error.name === "DependencyViolation" || error.name === "InvalidGroup.InUse") return undefined;
          throw error;
        },
      ),
    );
  },
};

function ruleOf(rule: ec2.IpPermission, own: string): Properties {
  const groups = (rule.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId!);
  return {
    protocol: rule.IpProtocol,
    fromPort: rule.FromPort ?? 0,
    toPort: rule.ToPort ?? 0,
    cidrBlocks: (rule.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
    ipv6CidrBlocks: (rule.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    prefixListIds: (rule.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
    securityGroups: groups.filter((id) => id !== own),
    self: groups.includes(own),
    description: rule.UserIdGroupPairs?.[0]?.Description ?? rule.IpRanges?.[0]?.Description ?? "",
  };
}
