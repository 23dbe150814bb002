import * as ec2 from "@aws-sdk/client-ec2";
import { DescribeFileSystemsCommand } from "@aws-sdk/client-efs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { containsUnknown, isObject, type Properties } from "../properties";
import type { Invoke } from "../provider";
import type { Account, Session } from "./account";
import { asSentence } from "./errors";
import { fileSystem } from "./file-system";
import { unknownInputs } from "./inputs";
import { securityGroup } from "./security-group";
import { fromAws, picked } from "./shapes";
import { tagMap } from "./tags";

interface LookUp {
  /** Its arguments besides `region`, space-separated; any other is refused. */
  readonly takes: string;
  readonly ask: (session: Session, args: Properties) => Promise<Properties>;
}

const LOOK_UPS: Readonly<Record<string, LookUp>> = {
  "aws:ec2/getInstances:getInstances": {
    takes: "filters instanceStateNames instanceTags",
    async ask(session, args) {
      const Values = (args.instanceStateNames as string[] | undefined) ?? ["running"];
      const state = { Name: "instance-state-name", Values };
      const found = await instances(session, { Filters: [...filters(args, args.instanceTags), state] });
      return {
        id: session.region,
        ids: found.map(({ InstanceId }) => InstanceId),
        instanceTags: args.instanceTags ?? {},
        privateIps: found.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
        publicIps: found.flatMap(({ PublicIpAddress }) => PublicIpAddress ?? []),
        ipv6Addresses: found.flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
      };
    },
  },
  "aws:ec2/getInstance:getInstance": {
    takes: "filters instanceId instanceTags",
    async ask(session, args) {
      const InstanceIds = ids(args.instanceId);
      const found = only(
        "EC2 instance",
        args,
        await instances(session, { InstanceIds, ...asked(args.instanceTags, args) }),
      );
      return {
        ...fromAws(found, "ebsOptimized instanceType keyName metadataOptions sourceDestCheck subnetId"),
        id: found.InstanceId,
        ami: found.ImageId,
        instanceState: found.State?.Name,
        instanceTags: args.instanceTags ?? {},
        availabilityZone: found.Placement?.AvailabilityZone,
        tenancy: found.Placement?.Tenancy,
        networkInterfaceId: found.NetworkInterfaces?.[0]?.NetworkInterfaceId,
        privateDns: found.PrivateDnsName,
        privateIp: found.PrivateIpAddress,
        publicDns: found.PublicDnsName ?? "",
        publicIp: found.PublicIpAddress ?? "",
        securityGroups: found.SecurityGroups?.map(({ GroupName }) => GroupName),
        vpcSecurityGroupIds: found.SecurityGroups?.map(({ GroupId }) => GroupId),
        tags: tagMap(found.Tags),
      };
    },
  },
  "aws:ec2/getSubnet:getSubnet": {
    takes: "availabilityZone cidrBlock filters id state tags vpcId",
    async ask(session, args) {
      const named = { availabilityZone: "availability-zone", cidrBlock: "cidr-block", state: "state", vpcId: "vpc-id" };
      const found = only(
        "subnet",
        args,
        await subnets(session, { SubnetIds: ids(args.id), ...asked(args.tags, args, named) }),
      );
      return {
        ...fromAws(
          found,
          "availabilityZone availabilityZoneId cidrBlock defaultForAz mapPublicIpOnLaunch ownerId state",
        ),
        ...fromAws(found, "assignIpv6AddressOnCreation availableIpAddressCount vpcId"),
        id: found.SubnetId,
        arn: found.SubnetArn,
        tags: tagMap(found.Tags),
      };
    },
  },
  "aws:ec2/getSubnets:getSubnets": {
    takes: "filters tags",
    async ask(session, args) {
      const found = await subnets(session, asked(args.tags, args));
      return { id: session.region, ids: found.map(({ SubnetId }) => SubnetId), tags: args.tags ?? {} };
    },
  },
  "aws:ec2/getSecurityGroup:getSecurityGroup": {
    takes: "filters id name tags vpcId",
    async ask(session, args) {
      const named = { name: "group-name", vpcId: "vpc-id" };
      const request = { GroupIds: ids(args.id), ...asked(args.tags, args, named) };
      const { SecurityGroups = [] } = await session.ec2.send(new ec2.DescribeSecurityGroupsCommand(request));
      const id = only("security group", args, SecurityGroups).GroupId!;
      const found = (await securityGroup.read(session, id))!;
      return { ...picked(found, "arn description name vpcId"), id, tags: found.tagsAll };
    },
  },
  "aws:efs/getFileSystem:getFileSystem": {
    takes: "creationToken fileSystemId tags",
    async ask(session, args) {
      const { creationToken: CreationToken, fileSystemId: FileSystemId } = args as Record<string, string | undefined>;
      const request = new DescribeFileSystemsCommand({ FileSystemId, CreationToken });
      const { FileSystems = [] } = await session.efs.send(request);
      const wanted = Object.entries((args.tags ?? {}) as Record<string, string>);
      const tagged = FileSystems.filter(({ Tags }) => wanted.every(([key, value]) => tagMap(Tags)[key] === value));
      const id = only("EFS file system", args, tagged).FileSystemId!;
      const { tagsAll: tags, sizeInBytes, ...found } = (await fileSystem.read(session, id))!;
      const [size] = sizeInBytes as { value: number }[];
      return { ...found, id, fileSystemId: id, tags, sizeInBytes: size?.value };
    },
  },
  "aws:index/getCallerIdentity:getCallerIdentity": {
    takes: "",
    async ask({ sts }) {
      const { Account: accountId, Arn: arn, UserId: userId } = await sts.send(new GetCallerIdentityCommand({}));
      return { accountId, arn, userId, id: accountId };
    },
  },
  "aws:index/getRegion:getRegion": {
    takes: "",
    ask: ({ region }) => Promise.resolve({ id: region, name: region, endpoint: `ec2.${region}.amazonaws.com` }),
  },
};

/** The functions of the provider that are implemented. */
export function lookUps(account: Account): Record<string, Invoke> {
  return Object.fromEntries(
    Object.entries(LOOK_UPS).map(([token, { takes, ask }]): [string, Invoke] => {
      const name = token.slice(token.lastIndexOf(":") + 1);
      const known = Object.fromEntries(`region ${takes}`.split(" ").map((argument) => [argument, {}]));
      const invoke: Invoke = async (args) => {
        const [fault] = unknownInputs(`function ${name}`, args, known);
        if (fault) throw new Error(fault.reason);
        if (containsUnknown(args)) throw new Error(`${name} was called with a value that is not known yet`);
        const session = account.session(args.region);
        try {
          return { ...args, region: session.region, ...(await ask(session, args)) };
        } catch (error) {
          throw new Error(asSentence(`looking up ${name}`, error), { cause: error });
        }
      };
      return [token, invoke];
    }),
  );
}

async function instances(
  { ec2: client }: Session,
  request: ec2.DescribeInstancesCommandInput,
): Promise<ec2.Instance[]> {
  const found: ec2.Instance[] = [];
  for await (const { Reservations = [] } of ec2.paginateDescribeInstances({ client }, request)) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  return found.filter(({ State }) => State?.Name !== "terminated");
}

async function subnets({ ec2: client }: Session, request: ec2.DescribeSubnetsCommandInput): Promise<ec2.Subnet[]> {
  const found: ec2.Subnet[] = [];
  for await (const { Subnets = [] } of ec2.paginateDescribeSubnets({ client }, request)) found.push(...Subnets);
  return found;
}

function ids(id: unknown): string[] | undefined {
  return id === undefined ? undefined : [id as string];
}

/** All that narrows a search, or nothing: EC2 refuses an empty list of filters. */
function asked(tags: unknown, args: Properties, named: Record<string, string> = {}): { Filters?: ec2.Filter[] } {
  const Filters = [
    ...filters(args, tags),
    ...Object.entries(named).flatMap(([argument, Name]) =>
      args[argument] === undefined ? [] : [{ Name, Values: [args[argument] as string] }],
    ),
  ];
  return Filters.length > 0 ? { Filters } : {};
}

function filters(args: Properties, tags: unknown): ec2.Filter[] {
  const given = (args.filters ?? []) as { name: string; values: string[] }[];
  const tagged = Object.entries(isObject(tags) ? tags : {});
  return [
    ...given.map(({ name, values }) => ({ Name: name, Values: values })),
    ...tagged.map(([key, value]) => ({ Name: `tag:${key}`, Values: [String(value)] })),
  ];
}

function only<T>(what: string, args: Properties, found: readonly T[]): T {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new Error(`expected exactly one ${what} for ${JSON.stringify(args)}, but AWS knows ${found.length || "none"}`);
}
