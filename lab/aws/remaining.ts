import { type AmpClient, ListWorkspacesCommand } from "@aws-sdk/client-amp";
import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { DescribeAccessPointsCommand, type EFSClient, paginateDescribeFileSystems } from "@aws-sdk/client-efs";
import { DescribeMountTargetsCommand } from "@aws-sdk/client-efs";
import { type IAMClient, ListPoliciesCommand } from "@aws-sdk/client-iam";

/** The clients of the services whose resources the program makes. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly efs: EFSClient;
  readonly amp: AmpClient;
  readonly iam: IAMClient;
}

/** A line for users about each AWS resource of the kinds that the program makes, by the resource's id. */
export async function inventory({ ec2, efs, amp, iam }: Clients): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const page of paginateDescribeFileSystems({ client: efs }, {})) {
    for (const { FileSystemId: id, Name, CreationToken } of page.FileSystems ?? []) {
      found.set(id!, `file system ${id} (${Name || CreationToken})`);
      const { MountTargets } = await efs.send(new DescribeMountTargetsCommand({ FileSystemId: id }));
      for (const target of MountTargets ?? []) {
        found.set(target.MountTargetId!, `mount target ${target.MountTargetId} of ${id} in ${target.SubnetId}`);
      }
    }
  }
  const { AccessPoints } = await efs.send(new DescribeAccessPointsCommand({}));
  for (const point of AccessPoints ?? []) {
    found.set(point.AccessPointId!, `access point ${point.AccessPointId} of ${point.FileSystemId}`);
  }
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  for (const group of SecurityGroups ?? []) {
    found.set(group.GroupId!, `security group ${group.GroupId} (${group.GroupName})`);
  }
  const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({}));
  for (const { SecurityGroupRuleId: id, GroupId, IsEgress } of SecurityGroupRules ?? []) {
    if (IsEgress !== true) found.set(id!, `ingress rule ${id} of ${GroupId}`);
  }
  const { workspaces } = await amp.send(new ListWorkspacesCommand({}));
  for (const { workspaceId: id, alias } of workspaces ?? []) found.set(id!, `workspace ${id} (${alias})`);
  const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
  for (const { Arn: id, PolicyName } of Policies ?? []) found.set(id!, `IAM policy ${PolicyName}`);
  return found;
}
