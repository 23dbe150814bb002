import * as assert from "node:assert/strict";
import * as path from "node:path";
import { applied } from "../../lab/recording/scenarios";
import type { LabStack } from "../../lab/stack";
import { changesSince, say, withLab } from "../support/lab/with-lab";

const project = path.resolve(__dirname, "../..");

describe("on the lab, `npm run preview:markdown`", function () {
  const lab = withLab();
  let stack: LabStack;

  /** Runs the command in the stack's directory, as a person does. */
  async function preview(environment: Readonly<Record<string, string>> = {}, ...args: string[]) {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { directory: cwd, env } = lab().stacks;
    const command = [path.join(project, "run.cjs"), "tools/preview-comment/main.ts", "--stack", stack.name];
    return execa(process.execPath, [...command, ...args], { cwd, env: { ...env, ...environment }, reject: false });
  }

  before("apply the program", async () => {
    stack = await lab().stacks.create("markdown");
    const { config, secrets } = applied(lab());
    await stack.configure(config, secrets);
    await stack.up(say);
  });

  it("reports no changes, both with and without a refresh", async () => {
    for (const args of [[], ["--refresh", "--expect-no-changes"]]) {
      const { stdout, exitCode } = await preview({}, ...args);
      assert.match(stdout, /^<!-- alerting-preview:markdown -->\n## Preview of `markdown`: no changes\n/);
      assert.equal(exitCode, 0);
    }
  });

  it("shows a changed channel and a changed webhook as one changed value each, and applies nothing", async () => {
    const started = new Date();
    const { config, secrets } = applied(lab());
    const rotated = "markdown-canary-7Hs2Kq9d";
    const url = `${lab().slack.origin}/services/T0LAB/B0LAB/${rotated}`;
    await stack.configure(
      { ...config, "alerting:slack": { channel: "#other" } },
      { ...secrets, "alerting:slackWebhookUrl": url },
    );
    const { stdout, stderr, exitCode } = await preview();
    assert.equal(exitCode, 0);
    assert.match(stdout, /^## Preview of `markdown`: 2 to change$/m);
    assert.match(stdout, /^\| `slack: slack_configs\.0\.channel` \| `#monitoring` \| `#other` \|$/m);
    assert.match(stdout, /^\| Secret `slack-webhook` \| `data\.webhook-url` \| \*secret\* \| \*another secret\* \|$/m);
    for (const secret of [rotated, lab().canary]) assert.ok(!stdout.includes(secret) && !stderr.includes(secret));
    assert.deepEqual(changesSince(lab(), started), []);
    await stack.configure(config, secrets);
  });

  it("reports a missing passphrase, missing AWS credentials and a missing stack", async () => {
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ PULUMI_CONFIG_PASSPHRASE_FILE: "", PULUMI_CONFIG_PASSPHRASE: "wrong" }, /passphrase/],
      [{ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, /AWS|EC2|EFS|ECONNREFUSED/],
    ];
    for (const [environment, says] of cases) {
      const { stdout, exitCode } = await preview(environment);
      assert.match(stdout, /^## Preview of `markdown`: failed$/m);
      assert.match(stdout, says);
      assert.notEqual(exitCode, 0);
    }
    const { stdout, exitCode } = await preview({}, "--stack", "absent");
    assert.match(stdout, /^## Preview of `absent`: failed\n\n```text\nerror: .*absent/m);
    assert.notEqual(exitCode, 0);
  });

  after("destroy the stack", () => stack.destroy(say));
});
