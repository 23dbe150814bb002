import * as ec2 from "@aws-sdk/client-ec2";
import { DescribeFileSystemsCommand, DescribeMountTargetsCommand } from "@aws-sdk/client-efs";
import type { Properties } from "../properties";
import type { Invoke } from "../provider";
import { unknownInputs } from "./kind";
import { asSentence, type Session } from "./session";

interface LookUp {
  /** The accepted arguments. Any other argument is an error. */
  readonly takes: readonly string[];
  readonly ask: (session: Session, args: Properties) => Promise<Properties>;
}

const allLookUps: Readonly<Record<string, LookUp>> = {
  "aws:ec2/getInstances:getInstances": {
    takes: ["filters", "instanceStateNames"],
    async ask(session, args) {
      // The real provider adds this filter to the given filters.
      const states = { Name: "instance-state-name", Values: (args.instanceStateNames as string[]) ?? ["running"] };
      const found = await instances(session, { Filters: [...filters(args), states] });
      return {
        ids: found.map(({ InstanceId }) => InstanceId),
        privateIps: found.map(({ PrivateIpAddress }) => PrivateIpAddress),
      };
    },
  },
  "aws:ec2/getNetworkInterface:getNetworkInterface": {
    takes: ["filters"],
    async ask({ ec2: client }, args) {
      // The emulated EC2 cannot filter network interfaces by their device index.
      const isPlace = ({ Name }: ec2.Filter) => Name === "attachment.device-index";
      const [places, others] = [filters(args).filter(isPlace), filters(args).filter((one) => !isPlace(one))];
      const request = new ec2.DescribeNetworkInterfacesCommand({ Filters: others });
      const { NetworkInterfaces = [] } = await client.send(request);
      const index = ({ Attachment }: ec2.NetworkInterface) => String(Attachment?.DeviceIndex);
      const found = only(
        "EC2 Network Interface",
        NetworkInterfaces.filter((one) => places.every(({ Values }) => Values?.includes(index(one)))),
      );
      return {
        id: found.NetworkInterfaceId,
        availabilityZone: found.AvailabilityZone,
        subnetId: found.SubnetId,
        vpcId: found.VpcId,
        securityGroups: found.Groups?.map(({ GroupId }) => GroupId),
      };
    },
  },
  // Earlier versions of the program, which `npm run bench:upgrade` runs, look up a single instance.
  "aws:ec2/getInstance:getInstance": {
    takes: ["filters", "instanceId"],
    async ask(session, args) {
      const { instanceId } = args as { instanceId?: string };
      const request = instanceId ? { InstanceIds: [instanceId] } : { Filters: filters(args) };
      const found = only("EC2 instance", await instances(session, request));
      return {
        id: found.InstanceId,
        availabilityZone: found.Placement?.AvailabilityZone,
        privateDns: found.PrivateDnsName,
        subnetId: found.SubnetId,
        vpcSecurityGroupIds: found.SecurityGroups?.map(({ GroupId }) => GroupId),
      };
    },
  },
  "aws:ec2/getSubnet:getSubnet": {
    takes: ["id"],
    async ask({ ec2: client }, args) {
      const { Subnets = [] } = await client.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [args.id as string] }));
      const found = only("EC2 subnet", Subnets);
      return { id: found.SubnetId, availabilityZone: found.AvailabilityZone, vpcId: found.VpcId };
    },
  },
  "aws:ec2/getSecurityGroups:getSecurityGroups": {
    takes: ["filters"],
    async ask({ ec2: client }, args) {
      const request = new ec2.DescribeSecurityGroupsCommand({ Filters: filters(args) });
      const { SecurityGroups = [] } = await client.send(request);
      return { ids: SecurityGroups.map(({ GroupId }) => GroupId) };
    },
  },
  "aws:efs/getMountTarget:getMountTarget": {
    takes: ["fileSystemId"],
    async ask({ efs: client }, { fileSystemId }) {
      const request = new DescribeMountTargetsCommand({ FileSystemId: fileSystemId as string });
      const { MountTargets = [] } = await client.send(request);
      // The message is the real provider's, which cannot return more than one mount target.
      if (MountTargets.length > 1) throw new Error(`too many results: wanted 1, got ${MountTargets.length}`);
      const [found] = MountTargets;
      if (found === undefined) throw new Error("couldn't find resource");
      return {
        id: found.MountTargetId,
        availabilityZoneName: found.AvailabilityZoneName,
        ipAddress: found.IpAddress,
        subnetId: found.SubnetId,
      };
    },
  },
  "aws:efs/getFileSystem:getFileSystem": {
    takes: ["fileSystemId", "creationToken"],
    async ask({ efs: client }, { fileSystemId, creationToken }) {
      const ids = { FileSystemId: fileSystemId as string, CreationToken: creationToken as string };
      const request = new DescribeFileSystemsCommand(ids);
      const found = only("EFS file system", (await client.send(request)).FileSystems ?? []);
      return {
        id: found.FileSystemId,
        fileSystemId: found.FileSystemId,
        kmsKeyId: found.KmsKeyId ?? "",
        availabilityZoneName: found.AvailabilityZoneName ?? "",
      };
    },
  },
};

/** The provider's functions that the stand-in implements. */
export function lookUps(session: () => Session): Record<string, Invoke> {
  return Object.fromEntries(
    Object.entries(allLookUps).map(([token, { takes, ask }]): [string, Invoke] => {
      const name = token.slice(token.lastIndexOf(":") + 1);
      const invoke: Invoke = async (args) => {
        const [fault] = unknownInputs(`function ${name}`, args, takes);
        if (fault) throw new Error(fault.reason);
        try {
          return { ...args, ...(await ask(session(), args)) };
        } catch (error) {
          throw new Error(asSentence(`looking up ${name}`, error), { cause: error });
        }
      };
      return [token, invoke];
    }),
  );
}

async function instances({ ec2: client }: Session, request: ec2.DescribeInstancesRequest): Promise<ec2.Instance[]> {
  const { Reservations = [] } = await client.send(new ec2.DescribeInstancesCommand(request));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

function filters({ filters: given }: Properties): ec2.Filter[] {
  return (given as { name: string; values: string[] }[]).map(({ name, values }) => ({ Name: name, Values: values }));
}

function only<T>(what: string, found: readonly T[]): T {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new Error(first === undefined ? `no matching ${what} found` : `multiple ${what}s matched`);
}
