import {
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  EC2Client,
  type Filter,
  type Instance,
  type Subnet,
  type VpcAttributeName,
} from "@aws-sdk/client-ec2";
import {
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  type FileSystemDescription,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";

/** What is asked of AWS: lists and single things, and nothing that changes anything. */
export interface Account {
  instances(filters: readonly Filter[]): Promise<readonly Instance[]>;
  subnets(filters: readonly Filter[]): Promise<readonly Subnet[]>;
  securityGroupIds(filters: readonly Filter[]): Promise<readonly string[]>;
  vpcAttribute(vpcId: string, attribute: VpcAttributeName): Promise<boolean>;
  fileSystem(id: string): Promise<FileSystemDescription | undefined>;
  /** The policy as it was written; undefined where it has none. */
  fileSystemPolicy(id: string): Promise<string | undefined>;
  mountTargets(fileSystemId: string): Promise<readonly MountTargetDescription[]>;
}

/** AWS as the settings name it; credentials, and an endpoint of one's own, are found as the AWS CLI finds them. */
export function awsAccount({ region, profile }: { readonly region: string; readonly profile?: string }): Account {
  // Else the SDK prints what its versions of next year will need.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const settings = {
    region,
    ...(profile !== undefined && { profile }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000 },
  };
  const ec2 = new EC2Client(settings);
  const efs = new EFSClient(settings);
  return {
    async instances(filters) {
      const found: Instance[] = [];
      for (let token: string | undefined; ;) {
        const page = await ec2.send(new DescribeInstancesCommand({ Filters: [...filters], NextToken: token }));
        found.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
        token = page.NextToken;
        if (!token) return found;
      }
    },
    async subnets(filters) {
      return (await ec2.send(new DescribeSubnetsCommand({ Filters: [...filters] }))).Subnets ?? [];
    },
    async securityGroupIds(filters) {
      const answer = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [...filters] }));
      return (answer.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    },
    async vpcAttribute(VpcId, Attribute) {
      const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
      return (answer.EnableDnsSupport ?? answer.EnableDnsHostnames)?.Value === true;
    },
    async fileSystem(FileSystemId) {
      try {
        return (await efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).FileSystems?.[0];
      } catch (error) {
        if ((error as Error).name === "FileSystemNotFound") return undefined;
        throw error;
      }
    },
    async fileSystemPolicy(FileSystemId) {
      try {
        return (await efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }))).Policy;
      } catch (error) {
        if ((error as Error).name === "PolicyNotFound") return undefined;
        throw error;
      }
    },
    async mountTargets(FileSystemId) {
      return (await efs.send(new DescribeMountTargetsCommand({ FileSystemId }))).MountTargets ?? [];
    },
  };
}
