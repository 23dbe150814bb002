import assert from "node:assert/strict";
import { allows, type PolicyRequest } from "../../../../lookup/aws/iam-evaluation";

const role = "arn:aws:iam::123456789012:role/any";
const request: PolicyRequest = {
  principal: role,
  action: "elasticfilesystem:ClientMount",
  resource: "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:file-system/fs-1",
  context: { "aws:SecureTransport": "true" },
};

/** Whether a statement allows the request. Its parts that are not given here allow everything. */
function allowed(statement: object, change: Partial<PolicyRequest> = {}): boolean {
  const whole = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*", ...statement };
  return allows({ Statement: [whole] }, { ...request, ...change });
}

describe("the evaluation of a policy", () => {
  it("allows the actions of a statement, and nothing without a statement", () => {
    assert.equal(allowed({}), true);
    assert.equal(allows({ Statement: [] }, request), false);
    assert.equal(allows({}, request), false);
    assert.equal(allows({ Statement: { Effect: "Allow", Principal: "*", Action: "*" } }, request), true);
  });

  it("applies a Deny before any Allow, whatever their order, and before the client's IAM policy", () => {
    const statements = ["Allow", "Deny"].map((Effect) => ({ Effect, Principal: "*", Action: "*", Resource: "*" }));
    for (const Statement of [statements, [...statements].reverse()]) {
      assert.equal(allows({ Statement }, request), false);
      assert.equal(allows({ Statement }, request, true), false);
    }
  });

  it("applies the client's IAM policy if the client has an identity", () => {
    assert.equal(allows({ Statement: [] }, request, true), true);
    assert.equal(allows({ Statement: [] }, { ...request, principal: undefined }, true), false);
  });

  it("matches actions by pattern, in upper or lower case, and resources by pattern", () => {
    assert.equal(allowed({ Action: ["s3:*", "elasticfilesystem:Client*"] }), true);
    assert.equal(allowed({ Action: "ELASTICFILESYSTEM:clientmount" }), true);
    assert.equal(allowed({ Action: "elasticfilesystem:ClientWrite" }), false);
    assert.equal(allowed({ Action: "elasticfilesystem:Client?ount" }), true);
    assert.equal(allowed({ Resource: "arn:aws:elasticfilesystem:*:file-system/fs-1" }), true);
    assert.equal(allowed({ Resource: "arn:aws:elasticfilesystem:*:file-system/fs-2" }), false);
    assert.equal(allowed({ Action: "elasticfilesystem.ClientMount" }), false);
  });

  it("matches everyone, an account or a role as principal; a client without an identity matches only everyone", () => {
    const nobody = { principal: undefined };
    for (const Principal of ["*", { AWS: "*" }, { AWS: ["*"] }]) {
      assert.deepEqual([allowed({ Principal }), allowed({ Principal }, nobody)], [true, true]);
    }
    for (const AWS of [role, "123456789012", "arn:aws:iam::123456789012:root"]) {
      assert.deepEqual([allowed({ Principal: { AWS } }), allowed({ Principal: { AWS } }, nobody)], [true, false]);
    }
    assert.equal(allowed({ Principal: { AWS: "210987654321" } }), false);
    assert.equal(allowed({ Principal: { Service: "backup.amazonaws.com" } }), false);
  });

  const key = "aws:SecureTransport";
  const rows: [operator: string, wanted: string | string[], there: boolean, otherwise: boolean, absent: boolean][] = [
    ["Bool", "true", true, false, false],
    ["BoolIfExists", "true", true, false, true],
    ["StringEquals", ["true", "yes"], true, false, false],
    ["StringNotEquals", ["true", "yes"], false, true, true],
    ["StringLike", "t*", true, false, false],
    ["StringNotLike", "t*", false, true, true],
    ["ArnLike", "t?ue", true, false, false],
    ["ArnNotEquals", "true", false, true, true],
    ["Null", "true", false, false, true],
    ["Null", "false", true, true, false],
  ];
  for (const [operator, wanted, there, otherwise, absent] of rows) {
    it(`evaluates ${operator} ${JSON.stringify(wanted)} for a key with the same value, with another value, and without a value`, () => {
      const Condition = { [operator]: { [key.toLowerCase()]: wanted } };
      const contexts: PolicyRequest["context"][] = [{ [key]: "true" }, { [key]: "false" }, { [key]: undefined }];
      const found = contexts.map((context) => allowed({ Condition }, { context }));
      assert.deepEqual(found, [there, otherwise, absent]);
    });
  }

  it("requires every condition of a statement", () => {
    const both = (port: string) => ({ Bool: { [key]: "true" }, StringEquals: { "aws:Port": port } });
    const context = { [key]: "true", "aws:Port": "1" };
    assert.equal(allowed({ Condition: both("1") }, { context }), true);
    assert.equal(allowed({ Condition: both("2") }, { context }), false);
  });

  it("assigns a client without an identity to no account and no organization, and does not guess a role's organization", () => {
    const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
    assert.equal(allowed({ Condition }, { principal: undefined }), false);
    assert.equal(allowed({ Effect: "Deny", Condition }, { principal: undefined }), false);
    assert.throws(() => allowed({ Condition }), /the condition key "aws:PrincipalOrgID" is not understood/);
  });

  it("throws an error for unknown parts instead of guessing, even if another part already decides", () => {
    const aside = { Action: "s3:GetObject" };
    const unknown = /is not understood$/;
    assert.throws(() => allowed({ ...aside, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }), unknown);
    assert.throws(() => allowed({ ...aside, Condition: { "ForAnyValue:StringEquals": { a: "b" } } }), unknown);
    const elsewhere = { StringEquals: { "aws:SourceVpc": "vpc-1" } };
    assert.throws(
      () => allowed({ ...aside, Condition: elsewhere }),
      /the condition key "aws:SourceVpc" is not understood/,
    );
    assert.throws(() => allowed({ NotAction: "s3:*" }), /"NotAction" of a statement is not understood/);
    assert.throws(() => allowed({ NotPrincipal: "*" }), unknown);
    assert.throws(() => allowed({ Principal: undefined }), unknown);
  });
});
