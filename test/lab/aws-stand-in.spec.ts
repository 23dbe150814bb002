import * as assert from "node:assert/strict";
import { accessPoint, fileSystem, fileSystemPolicy, mountTarget } from "../../lab/stand-ins/aws/efs";
import type { Change, Kind } from "../../lab/stand-ins/aws/kind";
import { lookUps } from "../../lab/stand-ins/aws/look-ups";
import { resourceType } from "../../lab/stand-ins/aws/resource-type";
import { ingressRule, securityGroup } from "../../lab/stand-ins/aws/security-groups";
import { asSentence, type Session, sessionFor } from "../../lab/stand-ins/aws/session";
import { type Properties, unknownValue } from "../../lab/stand-ins/properties";
import { type Call, NotReadyError } from "../../lab/stand-ins/provider";
import { randomText } from "../../lab/stand-ins/random/text";

const SEED = Buffer.from("0123456789abcdef", "hex");
const call = (more: Partial<Call> = {}): Call => ({
  urn: "urn:pulumi:dev::test::type::storage",
  name: "storage",
  type: "type",
  preview: false,
  ...more,
});

/** A session whose AWS clients must not be used. */
const nobody = (): Session => {
  throw new Error("AWS was asked");
};

async function check(kind: Kind, news: Properties, olds: Properties = {}) {
  const { inputs, failures = [] } = await resourceType(kind, nobody).check!(call(), news, olds, SEED);
  return { inputs, faults: failures.map(({ property, reason }) => `${property}: ${reason}`) };
}

async function diff(kind: Kind, olds: Properties, news: Properties) {
  const o = { id: "id", oldInputs: olds, oldState: olds, news };
  const { changes, deleteBeforeReplace } = await resourceType(kind, nobody).diff!(call(), o);
  return {
    changes: changes.map(({ path, kind: how, replace }) => `${how} ${path}${replace ? " (replace)" : ""}`),
    deleteBeforeReplace,
  };
}

describe("the AWS provider's stand-in", () => {
  it("refuses an input that it would ignore, and names the most similar input that it knows", async () => {
    const { faults } = await check(fileSystem, { lifecyclePolicy: [] });
    assert.equal(faults.length, 1);
    assert.match(
      faults[0]!,
      /does not implement "lifecyclePolicy" of the EFS file system; did you mean "lifecyclePolicies"/,
    );
  });

  it("refuses a member of an input that it would ignore", async () => {
    const { faults } = await check(fileSystem, { lifecyclePolicies: [{ transitionToIA: "AFTER_30_DAYS" }] });
    assert.match(
      faults[0]!,
      /"transitionToIA" of the EFS file system's lifecyclePolicies; did you mean "transitionToIa"/,
    );
  });

  it("refuses inputs that the real provider accepts but the program never sets", async () => {
    const given = (kind: Kind, name: string) => check(kind, { [name]: "value" }).then(({ faults }) => faults.join());
    assert.match(await given(securityGroup, "ingress"), /"ingress" of the security group/);
    assert.match(await given(ingressRule, "cidrIpv4"), /"cidrIpv4" of the security group ingress rule/);
    assert.match(await given(mountTarget, "ipAddress"), /"ipAddress" of the EFS mount target/);
    assert.match(await given(accessPoint, "region"), /"region" of the EFS access point/);
  });

  it("refuses an argument of a function that it would ignore", async () => {
    const ask = lookUps(nobody)["aws:ec2/getInstances:getInstances"]!;
    await assert.rejects(
      ask({ filters: [], instanceTags: { a: "1" } }, { preview: false }),
      /does not implement "instanceTags" of the function getInstances/,
    );
  });

  it("refuses to work without a region", () => {
    assert.throws(() => sessionFor({ profile: "team" }), /No AWS region/);
  });

  it("accepts values that are not known yet", async () => {
    assert.deepEqual((await check(fileSystemPolicy, { fileSystemId: unknownValue, policy: unknownValue })).faults, []);
    assert.deepEqual((await check(accessPoint, { posixUser: unknownValue, rootDirectory: unknownValue })).faults, []);
  });

  it("names a security group after the resource, and keeps the name", async () => {
    const [first, later] = [{ vpcId: "vpc-1" }, { name: "storage-7654321" }];
    assert.equal((await check(securityGroup, first)).inputs.name, "storage-0123456");
    assert.equal((await check(securityGroup, first, later)).inputs.name, "storage-7654321");
  });
});

describe("the differences that the AWS provider's stand-in finds", () => {
  it("replace the resource if AWS cannot change the value, and otherwise update it in place", async () => {
    const olds = { encrypted: true, lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }], tags: { a: "1" } };
    const news = { encrypted: false, lifecyclePolicies: [{ transitionToIa: "AFTER_7_DAYS" }], tags: { a: "2" } };
    const { changes } = await diff(fileSystem, olds, news);
    assert.deepEqual(changes.sort(), [
      "update encrypted (replace)",
      "update lifecyclePolicies[0].transitionToIa",
      "update tags.a",
    ]);
    const user = (uid: number) => ({ fileSystemId: "fs-1", posixUser: { uid, gid: 1 } });
    assert.deepEqual((await diff(accessPoint, user(1), user(2))).changes, ["update posixUser.uid (replace)"]);
  });

  it("delete a mount target before its replacement is created, because each zone can have only one", async () => {
    const before = { fileSystemId: "fs-1", subnetId: "subnet-1", securityGroups: ["sg-1"] };
    assert.equal((await diff(mountTarget, before, { ...before, subnetId: "subnet-2" })).deleteBeforeReplace, true);
    assert.equal((await diff(mountTarget, before, { ...before, securityGroups: [] })).deleteBeforeReplace, false);
  });

  it("do not include a value that the program no longer sets and AWS then chooses", async () => {
    assert.deepEqual(
      (await diff(fileSystem, { creationToken: "t", kmsKeyId: "k" }, { creationToken: "t" })).changes,
      [],
    );
  });

  it("are refused already in the preview if the program never changes the input", async () => {
    const [olds, news] = [{ throughputMode: "elastic" }, { throughputMode: "bursting" }];
    const o = { id: "fs-1", oldInputs: olds, oldState: olds, news };
    await assert.rejects(
      resourceType(fileSystem, nobody).update(call({ preview: true }), o),
      /updating the EFS file system "storage" \(fs-1\): .*does not implement a change of "throughputMode"/,
    );
  });
});

describe("the states that the AWS provider's stand-in returns", () => {
  const made: Properties = { creationToken: "t", arn: "arn", lifecyclePolicies: [], tags: { Name: "n" } };
  const clients = (): Session => ({}) as Session;
  const fake = (more: Partial<Kind> = {}) =>
    resourceType(
      {
        ...fileSystem,
        create: () => Promise.resolve("fs-1"),
        settle: () => Promise.resolve(),
        read: () => Promise.resolve(made),
        ...more,
      },
      clients,
    );

  it("contain only the given inputs in the preview of a creation", async () => {
    const inputs = { creationToken: "t", tags: { Name: "n" } };
    const { state } = await resourceType(fileSystem, nobody).create(call({ preview: true }), inputs);
    assert.deepEqual(state, { ...inputs, arn: unknownValue, kmsKeyId: unknownValue });
  });

  it("contain the old outputs and the new inputs in the preview of a change", async () => {
    const [olds, news] = [{ tags: { Name: "n" } }, { tags: { Name: "m" } }];
    const o = { id: "fs-1", oldInputs: olds, oldState: made, news };
    const state = await resourceType(fileSystem, nobody).update(call({ preview: true }), o);
    assert.deepEqual(state, { ...made, ...news });
  });

  it("are returned even if a resource was created but did not become ready", async () => {
    const settle = () =>
      Promise.reject(Object.assign(new Error("too many"), { name: "Throttling", $metadata: { httpStatusCode: 400 } }));
    await assert.rejects(fake({ settle }).create(call(), { creationToken: "t" }), (error: unknown) => {
      assert.ok(error instanceof NotReadyError);
      assert.equal(error.id, "fs-1");
      assert.equal(error.state.arn, "arn");
      assert.match(error.message, /creating the EFS file system "storage" \(fs-1\): AWS answered Throttling/);
      return true;
    });
  });

  it("let an update finish an incomplete creation", async () => {
    const put: unknown[] = [];
    const lifecyclePolicies: Change = (_session, id, news) =>
      Promise.resolve(void put.push(id, news.lifecyclePolicies));
    const inputs = { creationToken: "t", lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }] };
    const o = { id: "fs-1", oldInputs: inputs, oldState: made, news: inputs };
    await fake({ inputs: { ...fileSystem.inputs, lifecyclePolicies } }).update(call(), o);
    assert.deepEqual(put, ["fs-1", inputs.lifecyclePolicies]);
  });

  it("do not change in a refresh if there is no drift, even if AWS formats immutable values differently", async () => {
    const inputs = { fileSystemId: "fs-1", posixUser: { uid: 1, gid: 1 }, tags: { Name: "n" } };
    const found = { ...inputs, posixUser: { ...inputs.posixUser, secondaryGids: [] }, arn: "arn" };
    const read = () => Promise.resolve(found);
    const type = resourceType({ ...accessPoint, read }, clients);
    const refreshed = await type.read(call(), { id: "fsap-1", inputs, state: found });
    assert.deepEqual(refreshed, { id: "fsap-1", inputs, state: found });
  });

  it("keep an input that AWS does not return", async () => {
    const inputs = { description: "NFS from nodes", fromPort: 2049 };
    const read = () => Promise.resolve({ fromPort: 2049 });
    const type = resourceType({ ...ingressRule, read }, clients);
    const refreshed = await type.read(call(), { id: "sgr-1", inputs, state: inputs });
    assert.deepEqual(refreshed?.inputs, inputs);
  });

  it("have inputs that show drift", async () => {
    const inputs = { creationToken: "t", lifecyclePolicies: [{ transitionToIa: "AFTER_7_DAYS" }], tags: {} };
    const drifted = await fake().read(call(), { id: "fs-1", inputs, state: made });
    assert.deepEqual(drifted?.inputs, { creationToken: "t", lifecyclePolicies: [], tags: { Name: "n" } });
  });

  it("have, in an import, all inputs that AWS describes, except those that AWS itself chose", async () => {
    const read = () => Promise.resolve({ ...made, kmsKeyId: "arn:aws:kms:::key/of-aws" });
    const imported = await fake({ read }).read(call(), { id: "fs-1", inputs: {}, state: {} });
    assert.deepEqual(Object.keys(imported?.inputs ?? {}).sort(), ["creationToken", "lifecyclePolicies", "tags"]);
  });

  it("are empty if AWS no longer has the resource, and deleting it is then not an error", async () => {
    const gone = () => Promise.reject(Object.assign(new Error("gone"), { name: "FileSystemNotFound" }));
    const type = fake({ read: gone, delete: gone });
    const o = { id: "fs-1", inputs: { creationToken: "t" }, state: made };
    assert.equal(await type.read(call(), o), undefined);
    await type.delete(call(), o);
  });
});

describe("the errors of the AWS provider's stand-in", () => {
  it("contain AWS's code and message, but not the access key", () => {
    process.env.AWS_ACCESS_KEY_ID ||= "made-for-this-test";
    const message = `The key ${process.env.AWS_ACCESS_KEY_ID} is not valid`;
    const error = Object.assign(new Error(message), {
      name: "InvalidClientTokenId",
      $metadata: { httpStatusCode: 403 },
    });
    assert.equal(
      asSentence("checking the AWS credentials", error),
      "checking the AWS credentials: AWS answered InvalidClientTokenId (HTTP 403): The key (key) is not valid",
    );
  });
});

describe("the random provider's stand-in", () => {
  it("generates strings of the requested character classes", () => {
    assert.match(randomText({ length: 12, special: false, upper: false }), /^[a-z0-9]{12}$/);
    const others = { lower: false, upper: false, numeric: false };
    assert.match(randomText({ ...others, length: 9, overrideSpecial: "-_" }), /^[-_]{9}$/);
    assert.equal(randomText({ length: 40 }).length, 40);
  });

  it("refuses impossible requests", () => {
    const none = { lower: false, upper: false, numeric: false, special: false };
    assert.throws(() => randomText({ ...none, length: 2 }), /at least one class/);
  });
});
