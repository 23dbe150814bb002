import assert from "node:assert/strict";
import { creationToken } from "../../../conventions/aws-names";
import { dataUser } from "../../../chart/placement";
import type { Recorder } from "../../support/mocks";
import { isDisjoint } from "../../support/directories";
import { buildStorage, existing, network } from "../../support/storage-build";

interface AccessPoint {
  readonly fileSystemId: string;
  readonly posixUser: unknown;
  readonly rootDirectory: { readonly path: string; readonly creationInfo: unknown };
}

const accessPoints = (recorder: Recorder) =>
  recorder.all(":AccessPoint").map(({ inputs }) => inputs as unknown as AccessPoint);
const directories = (recorder: Recorder) => accessPoints(recorder).map(({ rootDirectory }) => rootDirectory.path);

describe("the file system's security group", () => {
  it("has one rule per security group of the nodes: TCP 2049 from that group, and no other rule", async () => {
    const rules = (await buildStorage()).all(":SecurityGroupIngressRule").map(({ inputs }) => inputs);
    assert.deepEqual(
      rules.map((rule) =>
        Object.fromEntries(Object.entries(rule).filter(([key]) => !/^(tags|description)$/.test(key))),
      ),
      network.securityGroupIds.map((referencedSecurityGroupId) => ({
        securityGroupId: "storage-id",
        referencedSecurityGroupId,
        ipProtocol: "tcp",
        fromPort: 2049,
        toPort: 2049,
      })),
    );
  });

  it("allows no IP addresses, no traffic from the group itself, and no outgoing traffic", async () => {
    const recorder = await buildStorage();
    const { inputs } = recorder.one(":SecurityGroup");
    // AWS gives a new group an egress rule that allows all traffic. The provider removes it if none is set here.
    assert.deepEqual(Object.keys(inputs).sort(), ["description", "tags", "vpcId"]);
    const types = recorder.resources
      .map(({ type }) => type)
      .filter((type) => /SecurityGroup|NetworkInterface/.test(type));
    assert.deepEqual(
      new Set(types),
      new Set(["aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]),
    );
    for (const rule of recorder.all(":SecurityGroupIngressRule")) {
      const kinds = ["cidrIpv4", "cidrIpv6", "prefixListId"].filter((kind) => kind in rule.inputs);
      assert.deepEqual(kinds, []);
      assert.notEqual(rule.inputs.referencedSecurityGroupId, rule.inputs.securityGroupId);
    }
  });

  it("is the only group of the mount targets", async () => {
    const targets = (await buildStorage()).all(":MountTarget");
    assert.equal(targets.length, 2);
    for (const { inputs } of targets) assert.deepEqual(inputs.securityGroups, ["storage-id"]);
  });
});

describe("the access points", () => {
  it("make every client the data user, with a directory that only this user can access", async () => {
    const points = accessPoints(await buildStorage());
    assert.equal(points.length, 2);
    for (const { posixUser, rootDirectory } of points) {
      // No secondary groups: the user has no other permissions.
      assert.deepEqual(posixUser, { uid: dataUser, gid: dataUser });
      assert.deepEqual(rootDirectory.creationInfo, { ownerUid: dataUser, ownerGid: dataUser, permissions: "0700" });
    }
    assert.notEqual(dataUser, 0);
  });

  it("cannot reach each other's directories: none is the file system's root, and none lies inside another", async () => {
    const paths = directories(await buildStorage());
    assert.ok(isDisjoint(paths), paths.join());
  });

  const stacks: [title: string, one: [string, string], other: [string, string]][] = [
    ["of two clusters", ["organization/alerting/dev", "lab"], ["organization/alerting/dev", "lab-2"]],
    ["of two stacks", ["organization/alerting/dev", "lab"], ["organization/alerting/dev-lab", "lab"]],
    ["of two projects", ["organization/alerting/dev", "lab"], ["organization/watch/dev", "lab"]],
    [
      "with similar names",
      ["organization/alerting/dev", "c".repeat(60)],
      ["organization/alerting/dev", "c".repeat(61)],
    ],
  ];
  for (const [title, one, other] of stacks) {
    it(`${title} on one file system have four directories, and none lies inside another`, async () => {
      const paths: string[] = [];
      for (const [owner, cluster] of [one, other]) {
        const recorder = await buildStorage({ fileSystemId: existing }, {}, network, creationToken(owner, cluster));
        for (const point of accessPoints(recorder)) assert.equal(point.fileSystemId, existing);
        paths.push(...directories(recorder));
      }
      assert.equal(new Set(paths).size, 4);
      assert.ok(isDisjoint(paths), paths.join());
    });
  }
});

describe("directories", () => {
  it("count as overlapping if one lies inside the other, is the same, or is the root, however they are written", () => {
    assert.ok(isDisjoint(["/a/b", "/a/c", "/a/bb"]));
    for (const [one, other] of [
      ["/a", "/a/b"],
      ["/a/b", "/a/b/"],
      ["/", "/a"],
      ["/a//b", "/a/b/c"],
      ["/a/c/../b", "/a/b"],
    ] as const) {
      assert.ok(!isDisjoint([one, other]), `${one} ${other}`);
      assert.ok(!isDisjoint([other, one]), `${other} ${one}`);
    }
  });
});
