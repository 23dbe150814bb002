import assert from "node:assert/strict";
import { awsTags, creationToken } from "../../../conventions/aws-names";

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
