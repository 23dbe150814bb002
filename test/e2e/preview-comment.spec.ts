import * as assert from "node:assert/strict";
import * as path from "node:path";
import { projectRoot } from "../../conventions/project-root";
import type { LabStack, StackConfig } from "../../lab/stack";
import { configureLike, labStack, previewComment } from "../../lab/steps";
import { operatorConfig } from "../support/operator-config";
import { changesSince, say, withLab } from "../support/lab/with-lab";

const credential = "in-no-diff-5Yq8Zr2Kd7Wn";

/** The operator's configuration plus a receiver, whose key is a credential, and a route to the receiver. */
function withPagerDuty(): StackConfig {
  const config = operatorConfig();
  const { receivers, routes } = config["alerting:alertmanager"] as { receivers: object[]; routes: object[] };
  const pagerduty = { name: "pagerduty", pagerduty_configs: [{ routing_key_file: { credential: "pagerduty" } }] };
  return {
    ...config,
    "alerting:alertmanager": {
      receivers: [...receivers, pagerduty],
      routes: [...routes, { matchers: ['page="yes"'], receiver: "pagerduty" }],
    },
  };
}

/** The rows of a comment's tables of changes, without the header rows. */
function rowsOf(comment: string): string[] {
  const [changes = ""] = comment.split(/^#+ Warnings$/m);
  return changes.split("\n").filter((line) => /^\| `/.test(line));
}

describe("on the lab, the comment that shows a change on a pull request", function () {
  const lab = withLab();
  let stack: LabStack;

  before("apply the example", async () => {
    stack = await labStack(lab(), "comment", operatorConfig());
    await stack.up(say);
  });

  /** Runs `npm run preview:markdown` in the stack's directory, as a person does. */
  async function markdown(environment: Readonly<Record<string, string>> = {}, ...args: string[]) {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { directory: cwd, env } = lab().stacks;
    const command = [path.join(projectRoot, "run.cjs"), "tools/preview-comment/main.ts", "--stack", stack.name];
    return execa(process.execPath, [...command, ...args], { cwd, env: { ...env, ...environment }, reject: false });
  }

  it("shows exactly the changed values, and applies nothing", async () => {
    const started = new Date();
    const change = { busy: 80, oldAfter: 43_200, receiver: "slack", taint: "observability" } as const;
    await configureLike(lab(), stack, operatorConfig(change));
    const { comment } = await previewComment(stack);
    assert.match(comment, /^## Preview of `comment`: 1 to change$/m);
    const rows = [
      /NodeCpuHigh.*expr` \| .*95.* \| .*80/,
      /PushedMetricsAreOld in Pushed: expr` \| `.* > 86400` \| `.* > 43200`/,
      /receiver` \| `storage-team` \| `slack`/,
      /tolerations.*value` \| `monitoring` \| `observability`/,
    ];
    for (const row of rows) assert.match(comment, row);
    assert.equal(rowsOf(comment).length, rows.length, comment);
    assert.deepEqual(changesSince(lab(), started), []);
  });

  it("shows no change after the change is reverted, also after a refresh", async () => {
    await configureLike(lab(), stack, operatorConfig());
    const { stdout, exitCode } = await markdown({}, "--refresh", "--expect-no-changes");
    assert.match(stdout, /^<!-- alerting-preview:comment -->\n## Preview of `comment`: no changes\n/);
    assert.equal(exitCode, 0);
  });

  it("shows each changed value if a receiver, the channel and the webhook change, and never shows a secret", async () => {
    const rotated = "comment-canary-7Hs2Kq9d";
    const secrets = {
      "alerting:slackWebhookUrl": `${lab().slack.origin}/services/T0LAB/B0LAB/${rotated}`,
      "alerting:credentials.pagerduty": credential,
    };
    const config = { ...withPagerDuty(), "alerting:slack": { channel: "#other" } };
    await configureLike(lab(), stack, config, { ...lab().secrets, ...secrets });
    const { stdout, stderr, exitCode } = await markdown();
    assert.equal(exitCode, 0);
    assert.match(stdout, /pagerduty.*\/etc\/alertmanager-credentials\/pagerduty/);
    assert.match(stdout, /page="yes"/);
    assert.match(stdout, /^\| `slack: slack_configs\.0\.channel` \| `#monitoring` \| `#other` \|$/m);
    assert.match(stdout, /^\| Secret `slack-webhook` \| `data\.webhook-url` \| \*secret\* \| \*another secret\* \|$/m);
    const { output } = await stack.preview(say);
    for (const secret of [credential, rotated, lab().canary])
      for (const form of [secret, Buffer.from(secret).toString("base64")])
        assert.ok(![stdout, stderr, output].some((shown) => shown.includes(form)));
  });

  it("reports a wrong passphrase, an AWS that does not answer, and a missing stack", async () => {
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ PULUMI_CONFIG_PASSPHRASE_FILE: "", PULUMI_CONFIG_PASSPHRASE: "wrong" }, /passphrase/],
      [{ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, /AWS|EC2|EFS|ECONNREFUSED/],
    ];
    for (const [environment, says] of cases) {
      const { stdout, exitCode } = await markdown(environment);
      assert.match(stdout, /^## Preview of `comment`: failed$/m);
      assert.match(stdout, says);
      assert.notEqual(exitCode, 0);
    }
    const { stdout, exitCode } = await markdown({}, "--stack", "absent");
    assert.match(stdout, /^## Preview of `absent`: failed\n\n```text\nerror: .*absent/m);
    assert.notEqual(exitCode, 0);
  });

  after("destroy the stack", async () => {
    await stack.destroy(say);
  });
});
