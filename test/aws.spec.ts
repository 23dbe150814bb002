import assert from "node:assert/strict";
import { awsTags, creationToken } from "../components/awsNames";
import { fileSystemPolicy } from "../components/efsStorage";
import { allows } from "./policy";

describe("the file system's creation token", () => {
  const owner = "organization/alerting/dev";

  it("is the same at every run, says whose it is, and has at most 64 characters", () => {
    assert.equal(creationToken(owner, "seoul"), creationToken(owner, "seoul"));
    assert.match(creationToken(owner, "seoul"), /^alerting-dev-seoul-[0-9a-f]{12}$/);
    assert.equal(creationToken(`organization/alerting/${"s".repeat(100)}`, "c".repeat(40)).length, 64);
  });

  const pairs: [title: string, one: [string, string], other: [string, string]][] = [
    ["clusters", [owner, "a"], [owner, "b"]],
    ["stacks", [owner, "a"], ["organization/alerting/prod", "a"]],
    ["projects of one account", [owner, "a"], ["organization/watch/dev", "a"]],
    ["long names that begin alike", [owner, `${"c".repeat(60)}1`], [owner, `${"c".repeat(60)}2`]],
    ["names that read alike when put together", ["organization/alerting/a-b", "c"], ["organization/alerting/a", "b-c"]],
    [
      "long names of which the border is elsewhere",
      [`organization/alerting/${"s".repeat(60)}a`, "b"],
      [`organization/alerting/${"s".repeat(60)}`, "ab"],
    ],
    ["names that differ in what AWS does not take", [owner, "a,b"], [owner, "a=b"]],
  ];
  for (const [title, one, other] of pairs) {
    it(`differs for different ${title}`, () => assert.notEqual(creationToken(...one), creationToken(...other)));
  }

  it("makes a directory's name that EFS takes, whatever the context is called", () => {
    assert.match(creationToken(owner, "arn:aws:eks:x:1:cluster/a b$"), /^[A-Za-z0-9][A-Za-z0-9_.-]+$/);
    assert.ok(`/${creationToken(owner, "c".repeat(60))}/alertmanager`.length <= 100);
  });
});

describe("the tags in AWS", () => {
  it("name project, stack and cluster", () => {
    assert.deepEqual(awsTags("organization/alerting/dev", "kubernetes-admin@kubernetes"), {
      "pulumi-project": "alerting",
      "pulumi-stack": "dev",
      cluster: "kubernetes-admin@kubernetes",
    });
  });

  it("hold no comma and no equals sign, which would end them in the NLBs' annotation", () => {
    assert.equal(awsTags("organization/alerting/dev", "a,role=admin").cluster, "a-role-admin");
  });
});

describe("the file system's policy", () => {
  const arn = "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:file-system/fs-0123456789abcdef0";
  const ours = ["arn:point/fsap-1", "arn:point/fsap-2"];
  const policy = fileSystemPolicy(arn, ours);
  const mount = "elasticfilesystem:ClientMount";
  const [write, root] = ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"];

  /** A client on a node of ours that mounts as its volume says, but for what a test changes. */
  function allowed(action: string, change: Record<string, string | undefined> = {}, byIdentity = false): boolean {
    const context = {
      "aws:SecureTransport": "true",
      "elasticfilesystem:AccessedViaMountTarget": "true",
      "elasticfilesystem:AccessPointArn": ours[0],
      ...change,
    };
    const given = Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return allows(policy, { action, resource: arn, context: Object.fromEntries(given) }, byIdentity);
  }

  it("allows mounting and writing by TLS through each of our access points", () => {
    for (const point of ours) {
      const change = { "elasticfilesystem:AccessPointArn": point };
      assert.deepEqual([allowed(mount, change), allowed(write, change)], [true, true]);
    }
  });

  it("refuses both without TLS, even to those whose own policy allows everything", () => {
    for (const action of [mount, write]) {
      assert.equal(allowed(action, { "aws:SecureTransport": "false" }), false);
      assert.equal(allowed(action, { "aws:SecureTransport": "false" }, true), false);
    }
  });

  it("refuses both through another's access point, and through none", () => {
    for (const point of ["arn:point/fsap-3", undefined]) {
      for (const action of [mount, write]) {
        assert.equal(allowed(action, { "elasticfilesystem:AccessPointArn": point }), false);
      }
    }
  });

  it("refuses root access, even through our access points and to those whose own policy allows everything", () => {
    assert.equal(allowed(root), false);
    assert.equal(allowed(root, {}, true), false);
  });

  it("allows nobody to change the file system", () => {
    assert.equal(allowed("elasticfilesystem:DeleteFileSystem"), false);
    assert.equal(allowed("elasticfilesystem:PutFileSystemPolicy"), false);
  });

  it("leaves what its owner's own policy allows by TLS alone, backups among it", () => {
    assert.equal(allowed("elasticfilesystem:Backup", {}, true), true);
  });

  it("reads the same whatever the order in which the access points were made", () => {
    assert.deepEqual(fileSystemPolicy(arn, [...ours].reverse()), policy);
  });
});
