import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as efs from "@aws-sdk/client-efs";
import { type Aws, startAws } from "../../lab/aws/start";
import { findPrograms } from "../../lab/programs/find";

const nodes = [
  { name: "ip-10-0-1-10.ap-northeast-2.compute.internal", address: "10.0.1.10", zone: "ap-northeast-2a" },
  { name: "ip-10-0-2-11.ap-northeast-2.compute.internal", address: "10.0.2.11", zone: "ap-northeast-2b" },
];

describe("a running lab/aws", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "aws-"));
  let aws: Aws;
  let client: efs.EFSClient;
  let settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

  before(async function () {
    this.timeout(10 * 60_000); // moto may have to be installed first.
    const programs = await findPrograms(["moto_server"], () => undefined);
    aws = await startAws({ programs, directory, nodes, say: () => undefined });
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = aws.env;
    settings = { endpoint: aws.endpoint, region: aws.region, credentials: { accessKeyId, secretAccessKey } };
    client = new efs.EFSClient(settings);
  });
  after(async () => {
    client?.destroy();
    await aws?.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it("knows each node by its private DNS name", async () => {
    const ec2 = new EC2Client(settings);
    for (const { name, address, zone } of nodes) {
      const Filters = [{ Name: "private-dns-name", Values: [name] }];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      const found = Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [];
      assert.equal(found.length, 1, name);
      assert.equal(found[0]!.PrivateIpAddress, address);
      assert.equal(found[0]!.Placement?.AvailabilityZone, zone);
    }
    ec2.destroy();
  });

  it("answers the calls that moto lacks, reports the remaining resources, and passes on moto's errors", async () => {
    assert.deepEqual(await aws.remaining(), []);
    const { FileSystemId } = await client.send(new efs.CreateFileSystemCommand({ CreationToken: "test" }));
    assert.deepEqual(await aws.remaining(), [`file system ${FileSystemId} (test)`]);

    await assert.rejects(client.send(new efs.DescribeBackupPolicyCommand({ FileSystemId })), {
      name: "PolicyNotFound",
    });
    await client.send(new efs.PutBackupPolicyCommand({ FileSystemId, BackupPolicy: { Status: "ENABLED" } }));
    const { BackupPolicy } = await client.send(new efs.DescribeBackupPolicyCommand({ FileSystemId }));
    assert.deepEqual(BackupPolicy, { Status: "ENABLED" });

    await client.send(new efs.PutFileSystemPolicyCommand({ FileSystemId, Policy: "{}" }));
    await client.send(new efs.DeleteFileSystemPolicyCommand({ FileSystemId }));
    await assert.rejects(client.send(new efs.DescribeFileSystemPolicyCommand({ FileSystemId })), {
      name: "PolicyNotFound",
    });

    await client.send(new efs.DeleteFileSystemCommand({ FileSystemId }));
    const gone = { FileSystemId, BackupPolicy: { Status: "ENABLED" as const } };
    await assert.rejects(client.send(new efs.PutBackupPolicyCommand(gone)), { name: "FileSystemNotFound" });
    assert.deepEqual(await aws.remaining(), []);
  });

  it("refuses nodes of two regions", async () => {
    const mixed = [nodes[0]!, { ...nodes[1]!, zone: "us-east-1a" }];
    await assert.rejects(
      startAws({ programs: {}, directory, nodes: mixed, say: () => undefined }),
      /one AWS region, but their zones are ap-northeast-2a, us-east-1a/,
    );
  });
});
