import assert from "node:assert/strict";
import { awsTags, creationToken } from "../../../conventions/aws-names";

describe("the file system's creation token", () => {
  const owner = "organization/alerting/dev";

  it("is the same in every run, names its stack, and has at most 64 characters", () => {
    assert.equal(creationToken(owner, "seoul"), creationToken(owner, "seoul"));
    assert.match(creationToken(owner, "seoul"), /^alerting-dev-seoul-[0-9a-f]{12}$/);
    assert.equal(creationToken(`organization/alerting/${"s".repeat(100)}`, "c".repeat(40)).length, 64);
  });

  const pairs: [title: string, one: [string, string], other: [string, string]][] = [
    ["clusters", [owner, "a"], [owner, "b"]],
    ["stacks", [owner, "a"], ["organization/alerting/prod", "a"]],
    ["projects in one account", [owner, "a"], ["organization/watch/dev", "a"]],
    ["long names with the same beginning", [owner, `${"c".repeat(60)}1`], [owner, `${"c".repeat(60)}2`]],
    ["names that are equal when joined", ["organization/alerting/a-b", "c"], ["organization/alerting/a", "b-c"]],
    [
      "long names that are equal when joined",
      [`organization/alerting/${"s".repeat(60)}a`, "b"],
      [`organization/alerting/${"s".repeat(60)}`, "ab"],
    ],
    ["names that differ only in characters that AWS does not accept", [owner, "a,b"], [owner, "a=b"]],
  ];
  for (const [title, one, other] of pairs) {
    it(`differs for different ${title}`, () => assert.notEqual(creationToken(...one), creationToken(...other)));
  }

  it("is a directory name that EFS accepts, whatever the name of the context", () => {
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

  it("contain no comma and no equals sign, which would break the NLBs' annotation", () => {
    assert.equal(awsTags("organization/alerting/dev", "a,role=admin").cluster, "a-role-admin");
  });
});
