import * as ec2 from "@aws-sdk/client-ec2";
import type { Change, Kind } from "./kind";
import { fromAws, tagChanges, tagList, tagMap, toAws } from "./requests";

const changeTags: Change = async ({ ec2: client }, id, news, oldState) => {
  const { gone, put } = tagChanges(oldState, news);
  const Tags = gone.map((Key) => ({ Key }));
  if (gone.length > 0) await client.send(new ec2.DeleteTagsCommand({ Resources: [id], Tags }));
  if (put.length > 0) await client.send(new ec2.CreateTagsCommand({ Resources: [id], Tags: put }));
};

/** The part of a request that sets tags; empty if there are no tags, because EC2 rejects an empty list of tags. */
function tagged(ResourceType: ec2.ResourceType, tags: unknown): { TagSpecifications?: ec2.TagSpecification[] } {
  const Tags = tagList(tags);
  return Tags.length > 0 ? { TagSpecifications: [{ ResourceType, Tags }] } : {};
}

/** `aws:ec2/securityGroup:SecurityGroup`. The rules of a group are separate resources. */
export const securityGroup: Kind = {
  what: "security group",
  inputs: { description: "replace", name: "replace", tags: changeTags, vpcId: "replace" },
  complete: (name, olds, seed) => ({ name: olds.name ?? `${name}-${Buffer.from(seed).toString("hex").slice(0, 7)}` }),
  async create({ ec2: client }, inputs) {
    const { GroupId } = await client.send(
      new ec2.CreateSecurityGroupCommand({
        ...toAws<{ Description: string; VpcId: string }>(inputs, "description", "vpcId"),
        GroupName: inputs.name as string,
        ...tagged("security-group", inputs.tags),
      }),
    );
    return GroupId!;
  },
  // AWS gives a new group a rule that allows all outgoing traffic. Like the real provider, this removes the rule.
  async settle({ ec2: client }, id) {
    const filter = { Name: "group-id", Values: [id] };
    const { SecurityGroupRules = [] } = await client.send(
      new ec2.DescribeSecurityGroupRulesCommand({ Filters: [filter] }),
    );
    const outgoing = SecurityGroupRules.filter(({ IsEgress }) => IsEgress).map(
      ({ SecurityGroupRuleId }) => SecurityGroupRuleId!,
    );
    if (outgoing.length === 0) return;
    await client.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId: id, SecurityGroupRuleIds: outgoing }));
  },
  async read({ ec2: client }, id) {
    const { SecurityGroups } = await client.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const found = SecurityGroups![0]!;
    return { ...fromAws(found, "description", "vpcId"), name: found.GroupName, tags: tagMap(found.Tags) };
  },
  delete: ({ ec2: client }, id) => client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: id })),
};

/** `aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule`, for traffic from another security group. */
export const ingressRule: Kind = {
  what: "security group ingress rule",
  inputs: {
    description: "constant",
    fromPort: "constant",
    ipProtocol: "constant",
    referencedSecurityGroupId: "constant",
    securityGroupId: "replace",
    tags: changeTags,
    toPort: "constant",
  },
  async create({ ec2: client }, inputs) {
    const { description: Description, referencedSecurityGroupId: GroupId } = inputs as Record<string, string>;
    const permission = toAws<ec2.IpPermission>(inputs, "fromPort", "ipProtocol", "toPort");
    const { SecurityGroupRules } = await client.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: inputs.securityGroupId as string,
        IpPermissions: [{ ...permission, UserIdGroupPairs: [{ GroupId, Description }] }],
        ...tagged("security-group-rule", inputs.tags),
      }),
    );
    return SecurityGroupRules![0]!.SecurityGroupRuleId!;
  },
  async read({ ec2: client }, id) {
    const request = new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
    const found = (await client.send(request)).SecurityGroupRules?.[0];
    return (
      found && {
        ...fromAws(found, "description", "fromPort", "ipProtocol", "toPort"),
        referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
        securityGroupId: found.GroupId,
        tags: tagMap(found.Tags),
      }
    );
  },
  delete({ ec2: client }, id, { securityGroupId }) {
    const request = { GroupId: securityGroupId as string, SecurityGroupRuleIds: [id] };
    return client.send(new ec2.RevokeSecurityGroupIngressCommand(request));
  },
};
