import * as ec2 from "@aws-sdk/client-ec2";
import type { Properties } from "../properties";
import type { Kind } from "./kind";
import { fromAws, toAws } from "./shapes";
import { tagList, tagMap } from "./tags";

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** `aws:vpc/securityGroup{Ingress,Egress}Rule:…`; all but the group can change in place. */
export function securityGroupRule(direction: "ingress" | "egress"): Kind {
  return {
    what: `security group ${direction} rule`,
    inputs: {
      cidrIpv4: {},
      cidrIpv6: {},
      description: {},
      fromPort: {},
      ipProtocol: { required: true },
      prefixListId: {},
      referencedSecurityGroupId: {},
      securityGroupId: { required: true, replace: true },
      tags: {},
      toPort: {},
    },
    outputs: "arn securityGroupRuleId",
    tags: "ec2",

    check(inputs) {
      const given = SOURCES.filter((name) => inputs[name] !== undefined);
      if (given.length === 1) return [];
      const reason = `expected exactly one of ${SOURCES.join(", ")}, but saw ${given.join(" and ") || "none"}`;
      return [{ property: given[1] ?? "cidrIpv4", reason }];
    },

    async create({ ec2: client }, inputs) {
      const Tags = tagList(inputs.tagsAll);
      const request = {
        GroupId: inputs.securityGroupId as string,
        IpPermissions: [permission(inputs)],
        TagSpecifications: Tags.length > 0 ? [{ ResourceType: "security-group-rule" as const, Tags }] : [],
      };
      const { SecurityGroupRules } =
        direction === "ingress"
          ? await client.send(new ec2.AuthorizeSecurityGroupIngressCommand(request))
          : await client.send(new ec2.AuthorizeSecurityGroupEgressCommand(request));
      return SecurityGroupRules![0]!.SecurityGroupRuleId!;
    },

    async read({ ec2: client, region, accountId }, id) {
      const request = new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
      const found = (await client.send(request)).SecurityGroupRules?.[0];
      if (!found || found.IsEgress !== (direction === "egress")) return undefined;
      const ports = found.IpProtocol === "-1" ? "" : " fromPort toPort";
      return {
        ...fromAws(found, `cidrIpv4 cidrIpv6 prefixListId ipProtocol${ports}`),
        ...(found.Description && { description: found.Description }),
        ...(found.ReferencedGroupInfo && { referencedSecurityGroupId: found.ReferencedGroupInfo.GroupId }),
        arn: `arn:aws:ec2:${region}:${found.GroupOwnerId ?? accountId}:security-group-rule/${id}`,
        securityGroupId: found.GroupId,
        securityGroupRuleId: id,
        tagsAll: tagMap(found.Tags),
      };
    },

    async update({ ec2: client }, id, news, changed) {
      if ([...changed].every((name) => name.startsWith("tags"))) return;
      const SecurityGroupRule = {
        ...toAws<ec2.SecurityGroupRuleRequest>(
          news,
          "cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId toPort",
        ),
        ReferencedGroupId: news.referencedSecurityGroupId as string | undefined,
      };
      await client.send(
        new ec2.ModifySecurityGroupRulesCommand({
          GroupId: news.securityGroupId as string,
          SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }],
        }),
      );
    },

    async delete({ ec2: client }, id, { securityGroupId }) {
      const request = { GroupId: securityGroupId as string, SecurityGroupRuleIds: [id] };
      if (direction === "ingress") await client.send(new ec2.RevokeSecurityGroupIngressCommand(request));
      else await client.send(new ec2.RevokeSecurityGroupEgressCommand(request));
    },
  };
}

function permission(inputs: Properties): ec2.IpPermission {
  const {
    cidrIpv4: CidrIp,
    cidrIpv6: CidrIpv6,
    prefixListId: PrefixListId,
    description: Description,
  } = inputs as Record<string, string | undefined>;
  const GroupId = inputs.referencedSecurityGroupId as string | undefined;
  return {
    ...toAws<ec2.IpPermission>(inputs, "ipProtocol fromPort toPort"),
    ...(CidrIp && { IpRanges: [{ CidrIp, Description }] }),
    ...(CidrIpv6 && { Ipv6Ranges: [{ CidrIpv6, Description }] }),
    ...(PrefixListId && { PrefixListIds: [{ PrefixListId, Description }] }),
    ...(GroupId && { UserIdGroupPairs: [{ GroupId, Description }] }),
  };
}
