import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { AmpClient } from "@aws-sdk/client-amp";
import { IAMClient } from "@aws-sdk/client-iam";
import * as efs from "@aws-sdk/client-efs";
import * as pulumi from "@pulumi/pulumi";
import { clientAccess } from "../../lookup/aws/client-access";
import { creationToken } from "../../conventions/aws-names";
import { type Aws, startAws } from "../../lab/aws/start";
import { findPrograms } from "../../lab/programs/find";
import { accessPoint, backupPolicy, fileSystem, fileSystemPolicy, mountTarget } from "../../lab/stand-ins/aws/efs";
import type { Kind } from "../../lab/stand-ins/aws/kind";
import { resourceType } from "../../lab/stand-ins/aws/resource-type";
import { ingressRule, securityGroup } from "../../lab/stand-ins/aws/security-groups";
import type { Session } from "../../lab/stand-ins/aws/session";
import type { Properties } from "../../lab/stand-ins/properties";
import { isDisjoint } from "../support/directories";
import { accessOf, clients, said } from "../support/file-system-clients";
import { settled } from "../support/mocks";
import { makeStorage } from "../support/storage-build";

const nodes = [
  { name: "ip-10-0-1-10.ap-northeast-2.compute.internal", address: "10.0.1.10", zone: "ap-northeast-2a" },
  { name: "ip-10-0-2-11.ap-northeast-2.compute.internal", address: "10.0.2.11", zone: "ap-northeast-2b" },
];

const kinds: Readonly<Record<string, Kind>> = {
  "aws:efs/fileSystem:FileSystem": fileSystem,
  "aws:efs/backupPolicy:BackupPolicy": backupPolicy,
  "aws:efs/fileSystemPolicy:FileSystemPolicy": fileSystemPolicy,
  "aws:efs/mountTarget:MountTarget": mountTarget,
  "aws:efs/accessPoint:AccessPoint": accessPoint,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingressRule,
};

describe("the file system that the program creates in emulated AWS", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "file-system-"));
  let aws: Aws;
  let session: Session;
  let nodeGroups: string[];

  before(async function () {
    this.timeout(10 * 60_000); // moto may have to be installed first.
    const programs = await findPrograms(["moto_server"], () => undefined);
    aws = await startAws({ programs, directory, nodes, say: () => undefined });
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = aws.env;
    const settings = { endpoint: aws.endpoint, region: aws.region, credentials: { accessKeyId, secretAccessKey } };
    session = {
      ...{ ec2: new EC2Client(settings), efs: new efs.EFSClient(settings) },
      ...{ amp: new AmpClient(settings), iam: new IAMClient(settings) },
    };
    nodeGroups = [...new Set(aws.instances.flatMap(({ securityGroupIds }) => securityGroupIds))].sort();
    await apply("dev");
  });
  after(async () => {
    session?.ec2.destroy();
    session?.efs.destroy();
    await aws?.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the program's storage component and really creates its AWS resources. */
  async function apply(stack: string, fileSystemId?: string): Promise<void> {
    const newResource: pulumi.runtime.Mocks["newResource"] = async ({ type, name, inputs }) => {
      const kind = kinds[type];
      if (kind === undefined) return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      const call = { urn: name, name, type, preview: false };
      const made = resourceType(kind, () => session);
      const checked = await made.check!(call, inputs as Properties, {}, Buffer.from(`seed-of-${stack}`));
      assert.deepEqual(checked.failures, []);
      return made.create(call, checked.inputs);
    };
    await pulumi.runtime.setMocks(
      { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
      "alerting",
      stack,
    );
    const network = {
      vpcId: aws.vpcId,
      subnets: aws.instances.map(({ zone, subnetId }) => ({ zone, subnetId })),
      securityGroupIds: nodeGroups,
    };
    const isNew = fileSystemId === undefined;
    const storage = isNew ? {} : { fileSystemId, mountTargets: "existing" };
    makeStorage(storage, {}, isNew ? network : null, creationToken(`organization/alerting/${stack}`, "lab"));
    await settled();
  }

  const fileSystems = async () => (await session.efs.send(new efs.DescribeFileSystemsCommand({}))).FileSystems ?? [];
  const accessPoints = async () => (await session.efs.send(new efs.DescribeAccessPointsCommand({}))).AccessPoints ?? [];

  it("allows or refuses every kind of client as expected", async () => {
    const [{ FileSystemId, FileSystemArn } = {}, ...more] = await fileSystems();
    assert.deepEqual(more, []);
    const { Policy } = await session.efs.send(new efs.DescribeFileSystemPolicyCommand({ FileSystemId }));
    const policy = JSON.parse(Policy ?? "") as object;
    const points = (await accessPoints()).map(({ AccessPointArn }) => AccessPointArn!);
    assert.equal(points.length, 2);
    for (const client of clients(points)) {
      assert.deepEqual(clientAccess(FileSystemArn!, policy, client), accessOf(client, points), said(client, points));
    }
  });

  it("admits TCP 2049 from the nodes' security groups, and no other traffic in or out", async () => {
    const { MountTargets = [] } = await session.efs.send(
      new efs.DescribeMountTargetsCommand({ FileSystemId: (await fileSystems())[0]!.FileSystemId }),
    );
    assert.equal(MountTargets.length, 2);
    const groups = new Set<string>();
    for (const { MountTargetId } of MountTargets) {
      const request = new efs.DescribeMountTargetSecurityGroupsCommand({ MountTargetId });
      for (const id of (await session.efs.send(request)).SecurityGroups ?? []) groups.add(id);
    }
    assert.equal(groups.size, 1);
    const [group] = [...groups];
    assert.ok(!nodeGroups.includes(group!));
    const Filters = [{ Name: "group-id", Values: [group!] }];
    const { SecurityGroupRules = [] } = await session.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    const rules = SecurityGroupRules.map((rule) => ({
      out: rule.IsEgress,
      from: rule.ReferencedGroupInfo?.GroupId ?? rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId,
      ports: `${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort}`,
    }));
    assert.deepEqual(
      rules.sort((one, other) => String(one.from).localeCompare(String(other.from))),
      nodeGroups.map((from) => ({ out: false, from, ports: "tcp 2049-2049" })),
    );
    const [seen] = (await session.ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [];
    assert.deepEqual(seen?.IpPermissionsEgress, []);
  });

  it("gives two stacks four separate directories: none is inside another, and only its owner can access it", async () => {
    const { FileSystemId } = (await fileSystems())[0]!;
    await apply("other", FileSystemId);
    assert.equal((await fileSystems()).length, 1);
    const points = await accessPoints();
    assert.equal(points.length, 4);
    assert.ok(isDisjoint(points.map(({ RootDirectory }) => RootDirectory!.Path!)));
    for (const { PosixUser, RootDirectory } of points) {
      assert.deepEqual([PosixUser?.Uid, PosixUser?.Gid, PosixUser?.SecondaryGids ?? []], [65534, 65534, []]);
      assert.deepEqual(RootDirectory?.CreationInfo, { OwnerUid: 65534, OwnerGid: 65534, Permissions: "0700" });
    }
  });
});
