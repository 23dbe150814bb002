import assert from "node:assert/strict";
import { fileSystemPolicy } from "../../../../components/efs-file-system";
import { fileSystemWarnings } from "../../../../lookup/aws/existing-file-system";
import type { Account } from "../../../../tools/preflight/aws/account";
import type { CheckResult } from "../../../../tools/shared/check-result";
import { fileSystemPolicyCheck } from "../../../../tools/preflight/checks/file-system-policy";
import { configuration } from "../../../support/settings";

const id = "fs-0123456789abcdef0";
const arn = `arn:aws:elasticfilesystem:ap-northeast-2:123456789012:file-system/${id}`;
const point = "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:access-point/fsap-1";

/** What the check finds of a policy; of none where it is undefined. */
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

/** A policy that allows a mount and a write, with what is given. */
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

describe("the preflight's look at the policy of a given file system", () => {
  it("warns of one without a policy: EFS lets everyone in", async () => {
    const { status, what, todo } = await look(undefined);
    assert.equal(status, "warning");
    assert.match(
      what,
      /^fs-\w+ has none, so anyone who reaches a mount target may mount all of it, .*without TLS and as root/,
    );
    assert.match(todo ?? "", /docs\/file-system\.md/);
  });

  const rows: [title: string, policy: object, found: RegExp][] = [
    ["nothing is asked for", allowing({}), /lets anyone mount without TLS, without an access point\.$/],
    ["TLS alone is asked for", allowing({ Condition: byTls }), /lets anyone mount without an access point\.$/],
    ["an access point alone is asked for", allowing({ Condition: byPoint }), /lets anyone mount without TLS\.$/],
    [
      "an access point that it names is asked for, and no TLS",
      allowing({ Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": point } } }),
      /lets anyone mount without TLS\.$/,
    ],
    [
      "root is allowed through access points of a pattern",
      allowing({
        Action: "elasticfilesystem:Client*",
        Condition: { ...byTls, StringLike: { "elasticfilesystem:AccessPointArn": point.replace("-1", "-a?c*") } },
      }),
      /lets anyone mount as root\.$/,
    ],
    [
      "root is allowed",
      allowing({ Action: "elasticfilesystem:Client*", Condition: { ...byTls, ...byPoint } }),
      /lets anyone mount as root\.$/,
    ],
  ];
  for (const [title, policy, found] of rows) {
    it(`warns where ${title}, and names what is open`, async () => {
      const { status, what } = await look(policy);
      assert.equal(status, "warning");
      assert.match(what, found);
    });
  }

  it("finds a policy like this program's own to be well, and says that access points have to be named in it", async () => {
    const { status, what } = await look(fileSystemPolicy(arn, [point]));
    assert.equal(status, "ok");
    assert.match(
      what,
      /lets nobody in without TLS, without an access point, or as root\. It lets in access points that/,
    );
  });

  it("finds one well that takes any access point, by TLS", async () => {
    const { status, what } = await look(allowing({ Condition: { ...byTls, ...byPoint } }));
    assert.deepEqual([status, what.endsWith("or as root.")], ["ok", true]);
  });

  it("warns where the pods would not get in, because only who says who he is does, or none may write", async () => {
    const role = { AWS: "arn:aws:iam::123456789012:role/one" };
    for (const statement of [
      { Principal: role },
      { Action: "elasticfilesystem:ClientMount", Condition: { ...byTls, ...byPoint } },
    ]) {
      const { status, what, todo } = await look(allowing(statement));
      assert.equal(status, "warning");
      assert.match(what, /lets nobody write who does not say who he is, as the pods do not/);
      assert.match(todo ?? "", /this stack's access points/);
    }
  });

  it("says that it cannot tell where a policy says what it does not know, or is none", async () => {
    const address = await look(allowing({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }));
    assert.equal(address.status, "warning");
    assert.match(address.what, /is not known: the condition operator "IpAddress" is not understood\.$/);
    assert.match(address.todo ?? "", /aws efs describe-file-system-policy --file-system-id fs-/);
    const network = await look(allowing({ Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }));
    assert.match(network.what, /is not known: the condition key "aws:SourceVpc" is not understood\.$/);
    assert.match((await look("{")).what, /is not known: it is not valid JSON\.$/);
  });

  it("says that it cannot tell where AWS does not let it look", async () => {
    const fileSystemPolicy = () => Promise.reject(Object.assign(new Error("not authorized"), { name: "AccessDenied" }));
    const { status, what } = await look(undefined, { fileSystemPolicy });
    assert.deepEqual([status, what.startsWith("is not known: ")], ["warning", true]);
  });

  it("leaves a file system that is not there to the row that tells of it", async () => {
    assert.equal((await look(undefined, { fileSystem: () => Promise.resolve(undefined) })).status, "skipped");
  });

  it("has nothing to look at where the file system is this program's, or there is none", async () => {
    const never = { fileSystem: () => Promise.reject(new Error("AWS was asked")) };
    assert.match((await look(undefined, never, {})).what, /^`pulumi up` writes it/);
    assert.match((await look(undefined, never, { type: "none" })).what, /^not needed/);
  });
});

describe("a preview with a given file system", () => {
  it("says that its policy stays its owner's, and who looks at it", () => {
    assert.deepEqual(fileSystemWarnings(undefined), []);
    const [line, ...more] = fileSystemWarnings(id);
    assert.deepEqual(more, []);
    assert.match(
      line ?? "",
      /^alerting:storage\.fileSystemId: the policy of fs-\w+ is its owner's, .*npm run preflight/,
    );
  });
});
