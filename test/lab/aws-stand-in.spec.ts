import * as assert from "node:assert/strict";
import { accessPoint } from "../../lab/stand-ins/aws/access-point";
import { Account } from "../../lab/stand-ins/aws/account";
import { asSentence } from "../../lab/stand-ins/aws/errors";
import { fileSystem } from "../../lab/stand-ins/aws/file-system";
import { fileSystemPolicy } from "../../lab/stand-ins/aws/file-system-policies";
import type { Kind } from "../../lab/stand-ins/aws/kind";
import { mountTarget } from "../../lab/stand-ins/aws/mount-target";
import { resourceType } from "../../lab/stand-ins/aws/resource-type";
import { securityGroup } from "../../lab/stand-ins/aws/security-group";
import { securityGroupRule } from "../../lab/stand-ins/aws/security-group-rule";
import { type Properties, UNKNOWN } from "../../lab/stand-ins/properties";
import { type Call, NotReadyError } from "../../lab/stand-ins/provider";
import { randomText } from "../../lab/stand-ins/random/text";

// Else the first client prints what the SDK of next year will need.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const SEED = Buffer.from("0123456789abcdef", "hex");
const call = (more: Partial<Call> = {}): Call => ({
  urn: "urn:pulumi:dev::test::type::storage",
  name: "storage",
  type: "type",
  preview: false,
  timeoutMs: undefined,
  signal: new AbortController().signal,
  log: () => undefined,
  ...more,
});

/** A configured provider that has asked nobody. */
async function account(defaultTags: Properties = {}): Promise<Account> {
  const made = new Account();
  const tags = JSON.stringify({ tags: defaultTags });
  await made.configure({ region: "ap-northeast-2", skipCredentialsValidation: "true", defaultTags: tags });
  return made;
}

async function check(kind: Kind, news: Properties, olds: Properties = {}) {
  const { inputs, failures = [] } = await resourceType(kind, await account()).check!(call(), news, olds, SEED);
  return { inputs, faults: failures.map(({ property, reason }) => `${property}: ${reason}`) };
}

async function diff(kind: Kind, olds: Properties, news: Properties) {
  const o = { id: "id", oldInputs: olds, oldState: { ...olds, tagsAll: olds.tags ?? {} }, news };
  const { changes, deleteBeforeReplace } = await resourceType(kind, await account()).diff!(call(), o);
  return {
    changes: changes.map(({ path, kind: how, replace }) => `${how} ${path}${replace ? " (replace)" : ""}`),
    deleteBeforeReplace,
  };
}

describe("the stand-in of the AWS provider: inputs", () => {
  it("refuses an input that it would ignore, and names the nearest that it knows", async () => {
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

  it("refuses rules inside a security group", async () => {
    assert.match((await check(securityGroup, { vpcId: "vpc-1", ingress: [] })).faults[0]!, /"ingress"/);
  });

  it("refuses what AWS would refuse", async () => {
    assert.match((await check(fileSystem, { throughputMode: "fast" })).faults[0]!, /bursting, elastic, provisioned/);
    assert.match((await check(mountTarget, { subnetId: "subnet-1" })).faults[0]!, /"fileSystemId" is required/);
    assert.match(
      (await check(fileSystemPolicy, { fileSystemId: "fs-1", policy: "{" })).faults[0]!,
      /not the JSON text/,
    );
    const both = {
      securityGroupId: "sg-1",
      ipProtocol: "tcp",
      cidrIpv4: "10.0.0.0/8",
      referencedSecurityGroupId: "sg-2",
    };
    assert.match((await check(securityGroupRule("ingress"), both)).faults[0]!, /exactly one of .*saw cidrIpv4 and ref/);
  });

  it("takes values that are not known yet", async () => {
    assert.deepEqual((await check(fileSystemPolicy, { fileSystemId: UNKNOWN, policy: UNKNOWN })).faults, []);
  });

  it("names a security group after the resource, and keeps the name", async () => {
    const { inputs } = await check(securityGroup, { vpcId: "vpc-1" });
    assert.equal(inputs.name, "storage-0123456");
    assert.equal(inputs.description, "Managed by Pulumi");
    assert.equal(
      (await check(securityGroup, { vpcId: "vpc-1" }, { name: "storage-7654321" })).inputs.name,
      "storage-7654321",
    );
  });
});

describe("the stand-in of the AWS provider: differences", () => {
  const policy = (action: unknown) => ({
    fileSystemId: "fs-1",
    policy: JSON.stringify({ Action: action, Resource: "*" }),
  });

  it("are none where a policy is only written in another way", async () => {
    const olds = policy(["a:b"]);
    const news = { fileSystemId: "fs-1", policy: `{ "Resource": "*",\n "Action": "a:b" }` };
    const { inputs } = await check(fileSystemPolicy, news, { ...olds, bypassPolicyLockoutSafetyCheck: false });
    assert.equal(inputs.policy, olds.policy);
    assert.deepEqual((await diff(fileSystemPolicy, policy("a:b"), policy("a:c"))).changes, ["update policy"]);
  });

  it("are none where security groups come in another order", async () => {
    const { inputs } = await check(
      mountTarget,
      { securityGroups: ["sg-2", "sg-1"] },
      { securityGroups: ["sg-1", "sg-2"] },
    );
    assert.deepEqual(inputs.securityGroups, ["sg-1", "sg-2"]);
  });

  it("replace where AWS cannot change, and else change in place, leaf by leaf", async () => {
    const olds = { encrypted: true, throughputMode: "elastic", tags: { a: "1" } };
    const news = { encrypted: false, throughputMode: "bursting", tags: { a: "2" } };
    const { changes } = await diff(fileSystem, olds, news);
    assert.deepEqual(changes.sort(), ["update encrypted (replace)", "update tags.a", "update throughputMode"]);
    const user = (uid: number) => ({ fileSystemId: "fs-1", posixUser: { uid, gid: 1 } });
    assert.deepEqual((await diff(accessPoint, user(1), user(2))).changes, ["update posixUser.uid (replace)"]);
  });

  it("delete a mount target before its successor comes: a zone takes one", async () => {
    const before = { fileSystemId: "fs-1", subnetId: "subnet-1", securityGroups: ["sg-1"] };
    assert.equal((await diff(mountTarget, before, { ...before, subnetId: "subnet-2" })).deleteBeforeReplace, true);
    assert.equal((await diff(mountTarget, before, { ...before, securityGroups: [] })).deleteBeforeReplace, false);
  });

  it("are none where the program stops naming what AWS would choose", async () => {
    assert.deepEqual((await diff(fileSystem, { creationToken: "t" }, {})).changes, []);
  });

  it("show other default tags of the provider", async () => {
    const o = { id: "id", oldInputs: {}, oldState: { tagsAll: { team: "a" } }, news: {} };
    const { changes } = await resourceType(fileSystem, await account({ team: "b" })).diff!(call(), o);
    assert.deepEqual(
      changes.map(({ path, kind }) => `${kind} ${path}`),
      ["update tagsAll.team"],
    );
  });
});

describe("the stand-in of the AWS provider: states", () => {
  const made: Properties = { creationToken: "t", encrypted: true, tagsAll: { team: "a", Name: "n" }, arn: "arn" };
  const fake = (more: Partial<Kind> = {}): Kind => ({
    ...fileSystem,
    create: () => Promise.resolve("fs-1"),
    settle: () => Promise.resolve(),
    read: () => Promise.resolve(made),
    ...more,
  });

  it("know in the preview of a creation what was given, and only that", async () => {
    const inputs = { creationToken: "t", tags: { Name: "n" } };
    const type = resourceType(fileSystem, await account({ team: "a" }));
    const { state } = await type.create(call({ preview: true }), inputs);
    assert.equal(state.creationToken, "t");
    assert.deepEqual(state.tagsAll, { team: "a", Name: "n" });
    assert.equal(state.region, "ap-northeast-2");
    for (const name of ["arn", "dnsName", "kmsKeyId"]) assert.equal(state[name], UNKNOWN, name);
  });

  it("are kept when a thing was made and did not become ready", async () => {
    const settle = () =>
      Promise.reject(Object.assign(new Error("too many"), { name: "Throttling", $metadata: { httpStatusCode: 400 } }));
    const type = resourceType(fake({ settle }), await account());
    await assert.rejects(type.create(call(), { creationToken: "t" }), (error: unknown) => {
      assert.ok(error instanceof NotReadyError);
      assert.equal(error.id, "fs-1");
      assert.equal(error.state.arn, "arn");
      assert.match(error.message, /creating the EFS file system "storage" \(fs-1\): AWS answered Throttling/);
      return true;
    });
  });

  it("let an update make up for what a creation did not get done", async () => {
    const changed: string[] = [];
    const update: Kind["update"] = (_work, _id, _news, names) => Promise.resolve(void changed.push(...names));
    const inputs = { creationToken: "t", lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }] };
    const oldState = { creationToken: "t", lifecyclePolicies: [] };
    const o = { id: "fs-1", oldInputs: inputs, oldState, news: inputs };
    await resourceType(fake({ update, tags: undefined }), await account()).update(call(), o);
    assert.deepEqual(changed, ["lifecyclePolicies"]);
  });

  it("tell the program's tags from the provider's, and a refresh without drift changes no input", async () => {
    const inputs = { creationToken: "t", tags: { Name: "n" } };
    const read = await resourceType(fake(), await account({ team: "a" })).read(call(), {
      id: "fs-1",
      inputs,
      state: made,
    });
    assert.deepEqual(read?.state.tags, { Name: "n" });
    assert.deepEqual(read?.inputs, inputs);
  });

  it("bring drift into the inputs, and all inputs into an import", async () => {
    const type = resourceType(fake(), await account());
    const drifted = await type.read(call(), { id: "fs-1", inputs: { creationToken: "t" }, state: made });
    assert.deepEqual(drifted?.inputs, { creationToken: "t", tags: { team: "a", Name: "n" } });
    const imported = await type.read(call(), { id: "fs-1", inputs: {}, state: {} });
    assert.deepEqual(imported?.inputs, { creationToken: "t", encrypted: true, tags: { team: "a", Name: "n" } });
  });

  it("end when AWS knows the thing no more", async () => {
    const read = () => Promise.reject(Object.assign(new Error("gone"), { name: "FileSystemNotFound" }));
    const type = resourceType(fake({ read }), await account());
    assert.equal(await type.read(call(), { id: "fs-1", inputs: {}, state: {} }), undefined);
  });
});

describe("the stand-in of the AWS provider: errors", () => {
  it("give AWS's code and words, and not the access key", () => {
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

describe("the stand-in of the random provider", () => {
  it("makes texts of the classes that were asked for", () => {
    const text = randomText({ length: 12, special: false, upper: false, minNumeric: 5 });
    assert.match(text, /^[a-z0-9]{12}$/);
    assert.ok(text.replace(/\D/g, "").length >= 5, text);
  });

  it("refuses what cannot be", () => {
    assert.throws(() => randomText({ length: 2, minLower: 3 }), /no random text of length 2/);
  });
});
