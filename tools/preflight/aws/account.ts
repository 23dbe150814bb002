import {
  DescribeDhcpOptionsCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type Filter,
  type Instance,
  type Subnet,
  type VpcAttributeName,
} from "@aws-sdk/client-ec2";
import {
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  type FileSystemDescription,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import type { StackSettings } from "../../../settings/stack-settings";
import { awsClients } from "./clients";

/** The requests to AWS: they only list and read, and change nothing. */
export type Account = ReturnType<typeof awsAccount>;

/** AWS clients as the settings describe them; they find credentials and a custom endpoint as the AWS CLI does. */
export function awsAccount(settings: StackSettings["aws"]) {
  // Without this, the SDK would print warnings about its future versions.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  let made: ReturnType<typeof awsClients> | undefined;
  // The clients are created with the first request, so that an error while creating them is reported like a missing
  // answer.
  const clients = () => (made ??= awsClients(settings));
  return {
    async instances(filters: readonly Filter[]): Promise<readonly Instance[]> {
      const found: Instance[] = [];
      for (let token: string | undefined; ;) {
        const page = await clients().ec2.send(
          new DescribeInstancesCommand({ Filters: [...filters], NextToken: token }),
        );
        found.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
        token = page.NextToken;
        if (!token) return found;
      }
    },
    async subnets(filters: readonly Filter[]): Promise<readonly Subnet[]> {
      return (await clients().ec2.send(new DescribeSubnetsCommand({ Filters: [...filters] }))).Subnets ?? [];
    },
    async securityGroupIds(filters: readonly Filter[]): Promise<readonly string[]> {
      const answer = await clients().ec2.send(new DescribeSecurityGroupsCommand({ Filters: [...filters] }));
      return (answer.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    },
    async vpcAttribute(VpcId: string, Attribute: VpcAttributeName): Promise<boolean> {
      const answer = await clients().ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
      return (answer.EnableDnsSupport ?? answer.EnableDnsHostnames)?.Value === true;
    },
    /** The DNS servers in the VPC's DHCP options; empty if the VPC has no such options. */
    async dnsServers(vpcId: string): Promise<readonly string[]> {
      const { Vpcs } = await clients().ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
      const id = Vpcs?.[0]?.DhcpOptionsId;
      if (id === undefined || id === "default") return [];
      const answer = await clients().ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [id] }));
      const configured = answer.DhcpOptions?.[0]?.DhcpConfigurations ?? [];
      const servers = configured.find(({ Key }) => Key === "domain-name-servers")?.Values ?? [];
      return servers.flatMap(({ Value }) => Value ?? []);
    },
    async fileSystem(FileSystemId: string): Promise<FileSystemDescription | undefined> {
      try {
        return (await clients().efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).FileSystems?.[0];
      } catch (error) {
        if ((error as Error).name === "FileSystemNotFound") return undefined;
        throw error;
      }
    },
    /** The policy's original JSON; undefined if the file system has no policy. */
    async fileSystemPolicy(FileSystemId: string): Promise<string | undefined> {
      try {
        return (await clients().efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }))).Policy;
      } catch (error) {
        if ((error as Error).name === "PolicyNotFound") return undefined;
        throw error;
      }
    },
    async mountTargets(FileSystemId: string): Promise<readonly MountTargetDescription[]> {
      return (await clients().efs.send(new DescribeMountTargetsCommand({ FileSystemId }))).MountTargets ?? [];
    },
  };
}
