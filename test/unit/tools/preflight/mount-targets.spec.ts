import assert from "node:assert/strict";
import { fileSystemPolicy } from "../../../../components/efs-file-system-policy";
import { fileSystemWarnings } from "../../../../lookup/aws/existing-file-system";
import type { Account } from "../../../../tools/preflight/aws/account";
import type { CheckResult } from "../../../../tools/shared/check-result";
import { fileSystemPolicyCheck } from "../../../../tools/preflight/checks/file-system-policy";
import { configuration } from "../../../support/settings";

const id = "fs-0123456789abcdef0";
const arn = `arn:aws:elasticfilesystem:ap-northeast-2:123456789012:file-system/${id}`;
const point = "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:access-point/fsap-1";

/** The result of the check for a policy. The value `undefined` means that there is no policy. */
async function look(policy?: unknown, changes: Partial<Account> = {}, storage: object = { fileSystemId: id }) {
  const account = {
    fileSystem: () => Promise.resolve({ FileSystemArn: arn }),
    fileSystemPolicy: () => Promise.resolve(typeof policy === "object" ? JSON.stringify(policy) : policy),
    ...changes,
  } as unknown as Account;
  const found = await fileSystemPolicyCheck(configuration({ storage }), account).run(new AbortController().signal);
  assert.equal(found.length, 1);
  return found[0] as CheckResult;
}

/** A policy that allows mounting and writing, with these additions. */
const allowing = (statement: object) => ({
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: "*",
      ...statement,
    },
  ],
});
const byTls = { Bool: { "aws:SecureTransport": "true" } };
const byPoint = { StringLike: { "elasticfilesystem:AccessPointArn": "*" } };

describe("the preflight's check of the policy of an existing file system", () => {
  it("warns if there is no policy: EFS then lets everyone in", async () => {
    const { status, what, todo } = await look(undefined);
    assert.equal(status, "warning");
    assert.match(
      what,
      /^fs-\w+ has no policy, so anyone who reaches a mount target may mount all of it, .*without TLS and as root/,
    );
    assert.match(todo ?? "", /docs\/file-system\.md/);
  });

  const rows: [title: string, policy: object, found: RegExp][] = [
    ["the policy has no condition", allowing({}), /lets anyone mount without TLS, without an access point\.$/],
    ["the policy requires only TLS", allowing({ Condition: byTls }), /lets anyone mount without an access point\.$/],
    ["the policy requires only an access point", allowing({ Condition: byPoint }), /lets anyone mount without TLS\.$/],
    [
      "the policy requires a named access point, but no TLS",
      allowing({ Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": point } } }),
      /lets anyone mount without TLS\.$/,
    ],
    [
      "the policy allows root through access points that match a pattern",
      allowing({
        Action: "elasticfilesystem:Client*",
        Condition: { ...byTls, StringLike: { "elasticfilesystem:AccessPointArn": point.replace("-1", "-a?c*") } },
      }),
      /lets anyone mount as root\.$/,
    ],
    [
      "the policy allows root",
      allowing({ Action: "elasticfilesystem:Client*", Condition: { ...byTls, ...byPoint } }),
      /lets anyone mount as root\.$/,
    ],
  ];
  for (const [title, policy, found] of rows) {
    it(`warns if ${title}, and says what anyone may do`, async () => {
      const { status, what } = await look(policy);
      assert.equal(status, "warning");
      assert.match(what, found);
    });
  }

  it("accepts the program's policy for an existing file system, and says that the policy must name the access points", async () => {
    const { status, what } = await look(fileSystemPolicy(arn, [point]));
    assert.equal(status, "ok");
    assert.match(
      what,
      /lets nobody in without TLS, without an access point, or as root\. It allows only the access points that/,
    );
  });

  it("accepts a policy that allows any access point with TLS", async () => {
    const { status, what } = await look(allowing({ Condition: { ...byTls, ...byPoint } }));
    assert.deepEqual([status, what.endsWith("or as root.")], ["ok", true]);
  });

  it("warns if the pods could not mount or write, because the policy demands an IAM role or does not allow writing", async () => {
    const role = { AWS: "arn:aws:iam::123456789012:role/one" };
    for (const statement of [
      { Principal: role },
      { Action: "elasticfilesystem:ClientMount", Condition: { ...byTls, ...byPoint } },
    ]) {
      const { status, what, todo } = await look(allowing(statement));
      assert.equal(status, "warning");
      assert.match(what, /lets no anonymous client write, and the pods are anonymous/);
      assert.match(todo ?? "", /this stack's access points/);
    }
  });

  it("says that the result is unknown if the policy has an unknown condition or is not a policy", async () => {
    const address = await look(allowing({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }));
    assert.equal(address.status, "warning");
    assert.match(address.what, /lets in: the condition operator "IpAddress" is not understood\.$/);
    assert.match(address.todo ?? "", /aws efs describe-file-system-policy --file-system-id fs-/);
    const network = await look(allowing({ Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }));
    assert.match(network.what, /lets in: the condition key "aws:SourceVpc" is not understood\.$/);
    assert.match(
      (await look("{")).what,
      /is unknown whom the policy of fs-0123456789abcdef0 lets in: it is not valid JSON\.$/,
    );
  });

  it("says that the result is unknown if AWS does not allow reading the policy", async () => {
    const fileSystemPolicy = () => Promise.reject(Object.assign(new Error("not authorized"), { name: "AccessDenied" }));
    const { status, what } = await look(undefined, { fileSystemPolicy });
    assert.deepEqual([status, what.startsWith("is not known: ")], ["warning", true]);
  });

  it("is skipped if the file system does not exist, which another row reports", async () => {
    assert.equal((await look(undefined, { fileSystem: () => Promise.resolve(undefined) })).status, "skipped");
  });

  it("has nothing to check if the program creates the file system, or if there is none", async () => {
    const never = { fileSystem: () => Promise.reject(new Error("AWS was asked")) };
    assert.match((await look(undefined, never, {})).what, /^`pulumi up` writes it/);
    assert.match((await look(undefined, never, { type: "none" })).what, /^not needed/);
  });
});

describe("a preview with an existing file system", () => {
  it("says that the owner remains responsible for its policy, and which command checks it", () => {
    assert.deepEqual(fileSystemWarnings(undefined), []);
    const [line, ...more] = fileSystemWarnings(id);
    assert.deepEqual(more, []);
    assert.match(
      line ?? "",
      /^alerting:storage\.fileSystemId: the policy of fs-\w+ is its owner's, .*npm run preflight/,
    );
  });
});
