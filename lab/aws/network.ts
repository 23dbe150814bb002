import * as ec2 from "@aws-sdk/client-ec2";

/** A machine to create in EC2. */
export interface InstanceSpec {
  /** The private DNS name, which is also the node's name. */
  name: string;
  address: string;
  zone: string;
  /** A master gets an additional security group, as common set-up tools give it. */
  role?: "master" | "worker";
}

/** A machine of the lab in EC2. */
export interface LabInstance {
  name: string;
  instanceId: string;
  address: string;
  zone: string;
  subnetId: string;
  securityGroupIds: string[];
  /** `aws:///<zone>/<instance id>` */
  providerId: string;
}

const clusterTag = { Key: "kubernetes.io/cluster/lab", Value: "owned" };
/** Any image id works: moto starts no machine. */
const image = "ami-0abcdef1234567890";

/**
 * Makes the infrastructure that a team has before it runs the program: a VPC, one subnet for each zone, security
 * groups, and the machines.
 */
export async function createNetwork(client: ec2.EC2Client, specs: readonly InstanceSpec[]) {
  const { Vpc } = await client.send(
    new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: tags("vpc", "lab") }),
  );
  const vpcId = known(Vpc?.VpcId, "a VPC id");
  await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const [nodes, controlPlane] = await Promise.all([
    createGroup(client, vpcId, "lab-nodes", "All nodes of the lab's cluster", tags("security-group", "lab-nodes")),
    // This group has no cluster tag: if two groups had it, cloud-controller-manager would open neither for an NLB.
    createGroup(client, vpcId, "lab-control-plane", "The control plane of the lab's cluster"),
  ]);
  const subnets = new Map<string, string>();
  for (const { zone, address } of specs) {
    if (!subnets.has(zone)) subnets.set(zone, await createSubnet(client, vpcId, zone, address));
  }
  const instances: LabInstance[] = [];
  for (const spec of specs) {
    const groups = spec.role === "master" ? [nodes, controlPlane] : [nodes];
    instances.push(await createInstance(client, spec, known(subnets.get(spec.zone), "a subnet"), groups));
  }
  return { vpcId, instances };
}

async function createSubnet(client: ec2.EC2Client, vpcId: string, zone: string, address: string): Promise<string> {
  const CidrBlock = address.replace(/\.\d+$/, ".0/24");
  const { Subnet } = await client.send(
    new ec2.CreateSubnetCommand({
      VpcId: vpcId,
      AvailabilityZone: zone,
      CidrBlock,
      TagSpecifications: tags("subnet", `lab-${zone}`),
    }),
  );
  return known(Subnet?.SubnetId, "a subnet id");
}

async function createGroup(
  client: ec2.EC2Client,
  vpcId: string,
  name: string,
  description: string,
  TagSpecifications?: ec2.TagSpecification[],
): Promise<string> {
  const { GroupId } = await client.send(
    new ec2.CreateSecurityGroupCommand({
      GroupName: name,
      Description: description,
      VpcId: vpcId,
      TagSpecifications,
    }),
  );
  return known(GroupId, "a security group id");
}

async function createInstance(
  client: ec2.EC2Client,
  spec: InstanceSpec,
  subnetId: string,
  securityGroupIds: string[],
): Promise<LabInstance> {
  const { Instances } = await client.send(
    new ec2.RunInstancesCommand({
      ImageId: image,
      InstanceType: "m6i.large",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetId,
      PrivateIpAddress: spec.address,
      SecurityGroupIds: securityGroupIds,
      TagSpecifications: tags("instance", spec.name.split(".")[0]!),
    }),
  );
  const instanceId = known(Instances?.[0]?.InstanceId, "an instance id");
  if (Instances?.[0]?.PrivateDnsName !== spec.name) {
    throw new Error(
      `The emulated EC2 names the machine with address ${spec.address} "${Instances?.[0]?.PrivateDnsName}", but its node is called "${spec.name}". ` +
        "A node's name must be ip-<address with dashes>.<region>.compute.internal.",
    );
  }
  const { name, address, zone } = spec;
  return { name, address, zone, instanceId, subnetId, securityGroupIds, providerId: `aws:///${zone}/${instanceId}` };
}

function tags(ResourceType: ec2.ResourceType, name: string): ec2.TagSpecification[] {
  return [{ ResourceType, Tags: [{ Key: "Name", Value: name }, clusterTag] }];
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The emulated EC2 answered without ${what}.`);
  return value;
}
