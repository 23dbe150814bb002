import * as assert from "node:assert/strict";
import type { LabStack, StackConfig } from "../../lab/stack";
import { configureLike, labStack, previewComment, requireNoChange } from "../../lab/steps";
import { operatorConfig, type OperatorParts } from "../support/operator-config";
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
    stack = await labStack(lab(), "diffs", operatorConfig());
    await stack.up(say);
  });

  const changes: readonly (readonly [what: string, change: Partial<OperatorParts>, row: RegExp])[] = [
    ["a threshold of a built-in alert", { busy: 80 }, /NodeCpuHigh.*expr` \| .*95.* \| .*80/],
    [
      "a threshold of a custom rule",
      { oldAfter: 43_200 },
      /PushedMetricsAreOld in Pushed: expr` \| `.* > 86400` \| `.* > 43200`/,
    ],
    ["a route's receiver", { receiver: "slack" }, /receiver` \| `storage-team` \| `slack`/],
    ["a toleration", { taint: "observability" }, /tolerations.*value` \| `monitoring` \| `observability`/],
  ];
  for (const [what, change, row] of changes) {
    it(`shows exactly the changed value if the change is ${what}`, async () => {
      const started = new Date();
      await configureLike(lab(), stack, operatorConfig(change));
      const { comment } = await previewComment(stack);
      assert.match(comment, /^## Preview of `diffs`: 1 to change$/m);
      assert.equal(rowsOf(comment).length, 1, comment);
      assert.match(rowsOf(comment)[0]!, row);
      assert.deepEqual(changesSince(lab(), started), []);
    });
  }

  it("shows no change after the change is reverted", async () => {
    await configureLike(lab(), stack, operatorConfig());
    requireNoChange(await stack.preview(say));
  });

  it("shows each changed value when a secret is added, and never shows the secret", async () => {
    const secrets = { ...lab().secrets, "alerting:credentials.pagerduty": credential };
    await configureLike(lab(), stack, withPagerDuty(), secrets);
    const { printed, comment } = await previewComment(stack);
    assert.match(comment, /pagerduty.*\/etc\/alertmanager-credentials\/pagerduty/);
    assert.match(comment, /page="yes"/);
    const run = await stack.preview(say);
    for (const shown of [printed, comment, run.output]) {
      assert.ok(!shown.includes(credential) && !shown.includes(Buffer.from(credential).toString("base64")));
    }
  });

  after("destroy the stack", async () => {
    await stack.destroy(say);
  });
});
