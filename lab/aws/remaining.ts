import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { DescribeAccessPointsCommand, type EFSClient, paginateDescribeFileSystems } from "@aws-sdk/client-efs";
import { DescribeMountTargetsCommand } from "@aws-sdk/client-efs";

/** A line for users about each AWS resource of the kinds that the program makes, by the resource's id. */
export async function inventory(ec2: EC2Client, efs: EFSClient): Promise<Map<string, string>> {
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
  return found;
}
