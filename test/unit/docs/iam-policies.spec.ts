import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const docs = path.resolve(__dirname, "../../../docs");

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const json = (file: string) => JSON.parse(fs.readFileSync(file, "utf8")) as unknown;
const statements = (name: string) =>
  (json(path.join(docs, "iam", `${name}.json`)) as { Statement: readonly Statement[] }).Statement;
const actions = (name: string) => [...new Set(statements(name).flatMap(({ Action }) => Action))].sort();
const recorded = json(path.join(__dirname, "../../fixtures/recorded", "aws-actions.json")) as Record<
  "preview" | "up" | "destroy",
  readonly string[]
>;
const page = fs.readFileSync(path.join(docs, "pull-requests.md"), "utf8");
const extras = [
  ...(/extras:begin -->([^]*?)<!-- extras:end/.exec(page)?.[1] ?? "").matchAll(/^\| `(.+?)` \| (.+?) \| (.+?) \|$/gm),
];
const extra = (policy: string) => extras.filter(([, , of]) => of === policy).map(([, action = ""]) => action);
const union = (...lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort();

/** The actions that delete data, or the policy that protects it. */
const DATA = [
  "elasticfilesystem:DeleteAccessPoint",
  "elasticfilesystem:DeleteFileSystem",
  "elasticfilesystem:DeleteFileSystemPolicy",
];

describe("the IAM policies", () => {
  it("allow a preview the calls recorded in the lab and the listed extra calls, and nothing that writes", () => {
    assert.deepEqual(actions("preview"), union(recorded.preview, extra("preview")));
    assert.ok(actions("preview").every((action) => /^\w+:(Describe|List|Get)/.test(action)));
    assert.ok(!actions("preview").includes("ec2:DescribeInstanceAttribute"), "it reads user data");
  });

  it("also allow an update the recorded calls of update and destroy, except for calls that delete data", () => {
    const writes = union(recorded.up, recorded.destroy).filter((action) => !recorded.preview.includes(action));
    assert.deepEqual(
      actions("up"),
      union(
        writes.filter((action) => !DATA.includes(action)),
        extra("up"),
      ),
    );
  });

  it("keep the actions that delete data in a separate policy", () => {
    assert.deepEqual(actions("destroy-data"), DATA);
    assert.deepEqual(
      recorded.destroy.filter((action) => DATA.includes(action)),
      DATA,
    );
  });

  it("have a reason for each action that the lab did not record, and list none twice", () => {
    const names = extras.map(([, action]) => action);
    assert.equal(new Set(names).size, names.length);
    const seen = union(recorded.preview, recorded.up, recorded.destroy);
    for (const [, action = "", , reason = ""] of extras) {
      assert.ok(!seen.includes(action), `${action} was seen in the lab; it is no extra`);
      assert.ok(reason.length > 20, action);
    }
  });

  it("contain an IAM action for every call that the lab recorded", () => {
    for (const action of union(recorded.preview, recorded.up, recorded.destroy)) {
      assert.match(action, /^(ec2|elasticfilesystem|sts):[A-Z]\w+$/);
    }
  });

  it("have no wildcard among the actions, and a condition if they apply to every resource", () => {
    for (const name of ["preview", "up", "destroy-data"]) {
      for (const statement of statements(name)) {
        assert.equal(statement.Effect, "Allow");
        assert.ok([statement.Action].flat().every((action) => !action.includes("*")));
        if (statement.Resource === "*") assert.ok(statement.Condition, JSON.stringify(statement));
      }
    }
  });

  it("cannot change or delete another stack's file system, access point or security group", () => {
    for (const { Action, Condition } of [...statements("up"), ...statements("destroy-data")]) {
      const changes = [Action]
        .flat()
        .filter((action) => /:(Delete(?!NetworkInterface)|Put|Update|Revoke|Untag)/.test(action));
      if (changes.length > 0) {
        assert.equal(Condition?.StringEquals?.["aws:ResourceTag/pulumi-stack"], "dev", changes.join(", "));
        assert.equal(Condition?.StringEquals?.["aws:ResourceTag/pulumi-project"], "alerting");
      }
    }
  });

  it("can create network interfaces, and delete only unused ones in the VPC", () => {
    const touching = statements("up").flatMap(({ Action, Condition }) =>
      [Action].flat().flatMap((action) => (/NetworkInterface/.test(action) ? [{ action, Condition }] : [])),
    );
    assert.deepEqual(touching.map(({ action }) => action).sort(), [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
    ]);
    const deleting = touching.find(({ action }) => action === "ec2:DeleteNetworkInterface");
    assert.match(String(deleting?.Condition?.ArnEquals?.["ec2:Vpc"]), /:vpc\/vpc-/);
  });

  it("do not let anyone take over another stack's resource by tagging it", () => {
    const tagging = statements("up").filter(({ Action }) => [Action].flat().some((action) => /Tag/.test(action)));
    assert.ok(tagging.length >= 4);
    for (const { Condition } of tagging) {
      const { StringEquals = {} } = Condition ?? {};
      const isMaking = Object.keys(StringEquals).some((key) => key.endsWith(":CreateAction"));
      assert.ok(isMaking || StringEquals["aws:ResourceTag/pulumi-stack"] === "dev", JSON.stringify(Condition));
    }
  });

  it("name everything that a reader has to replace, including the partition", () => {
    const all = ["preview", "up", "destroy-data", "trust-preview", "trust-up"].map((name) =>
      JSON.stringify(statements(name)),
    );
    const list = /In these files, replace ([^]*?)\. /.exec(page)![1]!;
    for (const own of ["arn:aws:", "123456789012", "ap-northeast-2", "OWNER/REPOSITORY", "alerting", "dev"]) {
      assert.ok(all.some((text) => text.includes(own)) && list.includes(`\`${own}\``), own);
    }
    for (const partition of ["arn:aws-cn:", "arn:aws-us-gov:", "arn:aws-eusc:"]) assert.ok(list.includes(partition));
  });

  it("are given to one environment of one repository, and preview and update have different roles", () => {
    const subject = (name: string) => {
      const [statement, ...more] = statements(name);
      assert.equal(more.length, 0);
      const equals = statement?.Condition?.StringEquals ?? {};
      assert.equal(equals["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
      return equals["token.actions.githubusercontent.com:sub"];
    };
    assert.equal(subject("trust-preview"), "repo:OWNER/REPOSITORY:environment:preview-dev");
    assert.equal(subject("trust-up"), "repo:OWNER/REPOSITORY:environment:dev");
  });
});

describe("the IAM policies for a workspace that the stack creates", () => {
  const names = ["long-term-preview", "long-term-up", "long-term-destroy-data"];

  it("let a preview only read, and only the policy for data delete a workspace", () => {
    assert.ok(actions("long-term-preview").every((action) => /^(aps|iam):(Describe|List|Get)/.test(action)));
    assert.deepEqual(actions("long-term-destroy-data"), ["aps:DeleteWorkspace"]);
    assert.ok(!actions("long-term-up").includes("aps:DeleteWorkspace"));
  });

  it("have no wildcard among the actions, and a condition if they apply to every resource", () => {
    for (const statement of names.flatMap(statements)) {
      assert.ok([statement.Action].flat().every((action) => !action.includes("*")));
      if (statement.Resource === "*") assert.ok(statement.Condition, JSON.stringify(statement));
    }
  });

  it("apply to this stack's workspace and policy only", () => {
    for (const { Resource, Condition: { StringEquals: equals = {} } = {} } of names.flatMap(statements)) {
      const isTagged = ["aws:ResourceTag/pulumi-stack", "aws:RequestTag/pulumi-stack"].some(
        (key) => equals[key] === "dev",
      );
      assert.ok(isTagged || String(Resource).includes(":policy/alerting-dev-"), JSON.stringify(Resource));
    }
  });

  it("do not let anyone extend the rights of a role", () => {
    const given = names.flatMap(actions).filter((action) => action.startsWith("iam:"));
    assert.deepEqual(given.filter((action) => /Attach|Put|Pass|PolicyVersion$|Role/.test(action)).sort(), [
      "iam:GetPolicyVersion",
    ]);
  });
});
