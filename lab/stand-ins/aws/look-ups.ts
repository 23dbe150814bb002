import * as ec2 from "@aws-sdk/client-ec2";
import { DescribeFileSystemsCommand } from "@aws-sdk/client-efs";
import { containsUnknown, isObject, type Properties } from "../properties";
import type { Invoke } from "../provider";
import type { Account, Session } from "./account";
import { asSentence } from "./errors";
import { fileSystem } from "./file-system";
import { unknownInputs } from "./kind";
import { mountTarget } from "./mount-target";
import { securityGroup } from "./security-group";
import { fromAws, tagMap } from "./shapes";

type Ask = (session: Session, args: Properties) => Promise<Properties>;

/** The functions of the provider that are implemented. */
export function lookUps(account: Account): Record<string, Invoke> {
  /** Refuses arguments that would be ignored, and explains what AWS answers. */
  const lookUp =
    (name: string, known: string, ask: Ask): Invoke =>
    async (args) => {
      const faults = unknownInputs(
        `function ${name}`,
        args,
        Object.fromEntries(`${known} region`.split(" ").map((key) => [key, true])),
      );
      if (faults.length > 0) throw new Error(faults.map(({ reason }) => reason).join("; "));
      if (containsUnknown(args)) throw new Error(`${name} was called with a value that is not known yet`);
      const session = account.session(args.region);
      try {
        return { ...args, region: session.region, ...(await ask(session, args)) };
      } catch (error) {
        throw new Error(asSentence(`looking up ${name}`, error), { cause: error });
      }
    };

  return {
    "aws:ec2/getInstances:getInstances": lookUp(
      "getInstances",
      "filters instanceStateNames instanceTags",
      async (session, args) => {
        const states = (args.instanceStateNames as string[] | undefined) ?? ["running"];
        const found = await instances(session, {
          Filters: [...filters(args, args.instanceTags), { Name: "instance-state-name", Values: states }],
        });
        return {
          id: session.region,
          ids: found.map(({ InstanceId }) => InstanceId),
          instanceTags: args.instanceTags ?? {},
          privateIps: defined(found.map(({ PrivateIpAddress }) => PrivateIpAddress)),
          publicIps: defined(found.map(({ PublicIpAddress }) => PublicIpAddress)),
          ipv6Addresses: defined(found.map(({ Ipv6Address }) => Ipv6Address)),
        };
      },
    ),
    "aws:ec2/getInstance:getInstance": lookUp(
      "getInstance",
      "filters instanceId instanceTags tags",
      async (session, args) => {
        const InstanceIds = args.instanceId === undefined ? undefined : [args.instanceId as string];
        const Filters = filters(args, args.instanceTags, args.tags);
        const all = await instances(session, { InstanceIds, ...(Filters.length > 0 && { Filters }) });
        const found = only(
          all.filter(({ State }) => State?.Name !== "terminated"),
          "EC2 instance",
          args,
        );
        const groups = found.SecurityGroups ?? [];
        return {
          ...fromAws(found, "ebsOptimized instanceType keyName subnetId sourceDestCheck metadataOptions"),
          id: found.InstanceId,
          ami: found.ImageId,
          instanceState: found.State?.Name,
          availabilityZone: found.Placement?.AvailabilityZone,
          tenancy: found.Placement?.Tenancy,
          launchTime: found.LaunchTime?.toISOString(),
          networkInterfaceId: found.NetworkInterfaces?.[0]?.NetworkInterfaceId,
          privateDns: found.PrivateDnsName,
          privateIp: found.PrivateIpAddress,
          publicDns: found.PublicDnsName ?? "",
          publicIp: found.PublicIpAddress ?? "",
          securityGroups: groups.map(({ GroupName }) => GroupName),
          vpcSecurityGroupIds: groups.map(({ GroupId }) => GroupId),
          tags: tagMap(found.Tags),
          instanceTags: args.instanceTags ?? {},
        };
      },
    ),
    "aws:ec2/getSubnet:getSubnet": lookUp(
      "getSubnet",
      "availabilityZone availabilityZoneId cidrBlock defaultForAz filters id state tags vpcId",
      async ({ ec2: client }, args) => {
        const names = {
          "availability-zone": "availabilityZone",
          "availability-zone-id": "availabilityZoneId",
          "cidr-block": "cidrBlock",
          "default-for-az": "defaultForAz",
          state: "state",
          "vpc-id": "vpcId",
        };
        const found = only(
          await subnets(client, [...filters(args, args.tags), ...named(args, names)], args.id),
          "subnet",
          args,
        );
        const keys =
          "assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock defaultForAz mapPublicIpOnLaunch ownerId state vpcId";
        return {
          ...fromAws(found, keys),
          id: found.SubnetId,
          arn: found.SubnetArn,
          availableIpAddressCount: found.AvailableIpAddressCount,
          tags: tagMap(found.Tags),
        };
      },
    ),
    "aws:ec2/getSubnets:getSubnets": lookUp("getSubnets", "filters tags", async ({ ec2: client, region }, args) => {
      const found = await subnets(client, filters(args, args.tags));
      return { id: region, ids: found.map(({ SubnetId }) => SubnetId), tags: args.tags ?? {} };
    }),
    "aws:ec2/getSecurityGroup:getSecurityGroup": lookUp(
      "getSecurityGroup",
      "filters id name tags vpcId",
      async (session, args) => {
        const Filters = [...filters(args, args.tags), ...named(args, { "group-name": "name", "vpc-id": "vpcId" })];
        const GroupIds = args.id === undefined ? undefined : [args.id as string];
        const { SecurityGroups = [] } = await session.ec2.send(
          new ec2.DescribeSecurityGroupsCommand({ GroupIds, ...(Filters.length > 0 && { Filters }) }),
        );
        const id = only(SecurityGroups, "security group", args).GroupId!;
        const { tagsAll, ...found } = (await securityGroup.read(session, id))!;
        return { ...pick(found, "arn description name vpcId"), id, tags: tagsAll };
      },
    ),
    "aws:efs/getFileSystem:getFileSystem": lookUp(
      "getFileSystem",
      "creationToken fileSystemId tags",
      async (session, args) => {
        const { FileSystems = [] } = await session.efs.send(
          new DescribeFileSystemsCommand({
            FileSystemId: args.fileSystemId as string | undefined,
            CreationToken: args.creationToken as string | undefined,
          }),
        );
        const wanted = Object.entries((args.tags ?? {}) as Record<string, string>);
        const tagged = FileSystems.filter(({ Tags }) => wanted.every(([key, value]) => tagMap(Tags)[key] === value));
        const id = only(tagged, "EFS file system", args).FileSystemId!;
        const { tagsAll, protection, sizeInBytes, ...found } = (await fileSystem.read(session, id))!;
        const [size] = sizeInBytes as { value: number }[];
        return { ...found, id, fileSystemId: id, tags: tagsAll, protections: [protection], sizeInBytes: size?.value };
      },
    ),
    "aws:efs/getMountTarget:getMountTarget": lookUp("getMountTarget", "mountTargetId", async (session, args) => {
      const id = args.mountTargetId as string;
      return { ...(await mountTarget.read(session, id)), id, mountTargetId: id };
    }),
    "aws:index/getCallerIdentity:getCallerIdentity": lookUp("getCallerIdentity", "", async () => {
      const { Account: accountId, Arn: arn, UserId: userId } = await account.identity();
      return { accountId, arn, userId, id: accountId };
    }),
    "aws:index/getRegion:getRegion": lookUp("getRegion", "", async ({ region }) => ({
      id: region,
      name: region,
      endpoint: `ec2.${region}.amazonaws.com`,
    })),
  };
}

async function instances(
  { ec2: client }: Session,
  request: ec2.DescribeInstancesCommandInput,
): Promise<ec2.Instance[]> {
  const found: ec2.Instance[] = [];
  for await (const { Reservations = [] } of ec2.paginateDescribeInstances({ client }, request)) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  return found;
}

async function subnets(client: ec2.EC2Client, Filters: ec2.Filter[], id?: unknown): Promise<ec2.Subnet[]> {
  const found: ec2.Subnet[] = [];
  const request = { ...(Filters.length > 0 && { Filters }), ...(id !== undefined && { SubnetIds: [id as string] }) };
  for await (const { Subnets = [] } of ec2.paginateDescribeSubnets({ client }, request)) found.push(...Subnets);
  return found;
}

/** EC2's filters from those given, and from tags. */
function filters(args: Properties, ...tagSets: unknown[]): ec2.Filter[] {
  const given = (args.filters ?? []) as { name: string; values: string[] }[];
  const tags = tagSets.flatMap((tags) => (isObject(tags) ? Object.entries(tags) : []));
  return [
    ...given.map(({ name, values }) => ({ Name: name, Values: values })),
    ...tags.map(([key, value]) => ({ Name: `tag:${key}`, Values: [String(value)] })),
  ];
}

/** EC2's filters from arguments that stand for one: filter name → argument. */
function named(args: Properties, names: Record<string, string>): ec2.Filter[] {
  return Object.entries(names)
    .filter(([, argument]) => args[argument] !== undefined)
    .map(([Name, argument]) => ({ Name, Values: [String(args[argument])] }));
}

function only<T>(found: readonly T[], what: string, args: Properties): T {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const asked = JSON.stringify({ ...args, region: undefined });
  throw new Error(`expected exactly one ${what} for ${asked}, but AWS knows ${found.length || "none"}`);
}

function defined<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value): value is T => value !== undefined && value !== "");
}

function pick(from: Properties, keys: string): Properties {
  return Object.fromEntries(keys.split(" ").map((key) => [key, from[key]]));
}
