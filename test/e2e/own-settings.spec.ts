import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Copy, copyOf } from "../support/copy";

/** The content of a stack's file after the README's steps 1 to 7, with the user's cluster, nodes and secrets. */
const followed = `encryptionsalt: v1:AAABAExampleOnly=:v1:ExampleOnly:ExampleOnly==
config:
    aws:region: eu-central-1
    alerting:context: my-cluster
    alerting:cluster: my-cluster
    alerting:efsCsiDriver: install
    alerting:nodes:
        masters:
            names: ["ip-172-20-1-4.eu-central-1.compute.internal"]
        workers:
            selector: "!node-role.kubernetes.io/control-plane"
    alerting:slackWebhookUrl:
        secure: v1:ExampleOnly:ExampleOnly==
    alerting:heartbeatUrl:
        secure: v1:ExampleOnly:ExampleOnly==
`;
const root = join(__dirname, "../..");
/** A user's stack files: one follows the README, one is only half edited, and one belongs to a new stack. */
const files = { staging: followed, dev: "config: {{ not: yet", mine: followed };

describe("the user's stack files", () => {
  let copy: Copy;
  before(async () => {
    copy = await copyOf(root);
    for (const [stack, text] of Object.entries(files)) await writeFile(join(copy.root, `Pulumi.${stack}.yaml`), text);
  });
  after(() => copy.remove());

  /** Runs a program from `node_modules` in the copy of the project; returns its output and exit code. */
  async function run(program: string, ...args: string[]) {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const options = { cwd: copy.root, reject: false, all: true, stdin: "ignore" } as const;
    const { exitCode, all } = await execa(join(copy.root, "node_modules/.bin", program), args, options);
    return { exitCode, all };
  }

  it("do not break the tests that read stack files", async () => {
    const unit = join(root, "test", "unit");
    const specs = readdirSync(unit, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".spec.ts"))
      .filter((name) => /Pulumi\.[^y]|environment-runs/.test(readFileSync(join(unit, name), "utf8")));
    assert.ok(
      specs.includes("settings/environments.spec.ts") && specs.includes("settings/table.spec.ts"),
      specs.join(),
    );
    const { exitCode, all } = await run("mocha", "--exit", ...specs.map((name) => join("test", "unit", name)));
    assert.equal(exitCode, 0, all);
  });

  it("do not change the goldens, and do not break `npm run goldens`", async () => {
    const golden = (root: string) => readFileSync(join(root, "test/goldens/staging.txt"), "utf8");
    const { exitCode, all } = await run("tsx", "test/goldens/refresh.ts");
    assert.equal(exitCode, 0, all);
    assert.equal(golden(copy.root), golden(root));
  });

  it("are not checked for formatting", async () => {
    const { exitCode, all } = await run("prettier", "--check", "Pulumi.*.yaml");
    assert.equal(exitCode, 0, all);
  });
});
