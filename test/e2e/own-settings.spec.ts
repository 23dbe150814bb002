import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Copy, copyOf } from "../support/copy";

/** What the README's steps 1 to 7 leave in a stack's file: the user's own cluster and nodes, and secrets. */
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
/** The files of a user's stacks: one that was followed, one that is half edited, one that is new. */
const files = { staging: followed, dev: "config: {{ not: yet", mine: followed };

describe("settings of the user's own", () => {
  let copy: Copy;
  before(async () => {
    copy = await copyOf(root);
    for (const [stack, text] of Object.entries(files)) await writeFile(join(copy.root, `Pulumi.${stack}.yaml`), text);
  });
  after(() => copy.remove());

  /** Runs a program of the packages in the copy; gives what it printed, and its exit code. */
  async function run(program: string, ...args: string[]) {
    // An ES module that tsx cannot load otherwise.
    const { execa } = await import("execa");
    const options = { cwd: copy.root, reject: false, all: true, stdin: "ignore" } as const;
    const { exitCode, all } = await execa(join(copy.root, "node_modules/.bin", program), args, options);
    return { exitCode, all };
  }

  it("fail no test that reads the files of stacks", async () => {
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

  it("leave the goldens as they are, and `npm run goldens` whole", async () => {
    const golden = (root: string) => readFileSync(join(root, "test/goldens/staging.txt"), "utf8");
    const { exitCode, all } = await run("tsx", "test/goldens/refresh.ts");
    assert.equal(exitCode, 0, all);
    assert.equal(golden(copy.root), golden(root));
  });

  it("are no matter of format", async () => {
    const { exitCode, all } = await run("prettier", "--check", "Pulumi.*.yaml");
    assert.equal(exitCode, 0, all);
  });
});
