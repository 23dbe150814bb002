import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import { exampleConfig, leavesOf, oneLeafDiffs } from "../../lab/leaf-diffs";
import type { LabStack, StackConfig } from "../../lab/stack";
import { labStack, requireNoChange } from "../../lab/steps";
import { leafDiffsList } from "../../lab/tables";
import { changesSince, say, withLab } from "../support/lab/with-lab";

const credential = "in-no-diff-5Yq8Zr2Kd7Wn";

/** The example with one more receiver and its route; the receiver's key is a credential. */
function withPagerDuty(): StackConfig {
  const example = exampleConfig();
  const { receivers, routes } = example["alerting:alertmanager"] as { receivers: object[]; routes: object[] };
  const pagerduty = { name: "pagerduty", pagerduty_configs: [{ routing_key_file: { credential: "pagerduty" } }] };
  return {
    ...example,
    "alerting:alertmanager": {
      receivers: [...receivers, pagerduty],
      routes: [...routes, { matchers: ['page="yes"'], receiver: "pagerduty" }],
    },
  };
}

describe("what a preview shows of a change, on the lab", function () {
  const lab = withLab();
  let stack: LabStack;

  before("apply the example", async () => {
    stack = await labStack(lab(), "diffs", exampleConfig());
    await stack.up(say);
  });

  it("is exactly the changed leaf, old and new: thresholds of our rules and of theirs, a route's receiver, a toleration", async () => {
    const started = new Date();
    const diffs = await oneLeafDiffs(lab(), stack, say);
    console.log(`\n    four one-leaf diffs\n${leafDiffsList(diffs)}\n`);
    // How many of our own come before the operator's in each list is no matter here.
    const rows = diffs.map(({ path, old, now }) => [path.replace(/(groups|routes)\[\d+\]/, "$1[]"), old, now]);
    const [[own, busy, busier], ...others] = rows as [[string, string, string], ...unknown[]];
    assert.match(own, /^serverFiles\["alerting_rules\.yml"\]\.groups\[\]\.rules\[\d+\]\.expr$/);
    assert.deepEqual([busy.replace(/> 95$/, ""), busy.slice(-4)], [busier.replace(/> 80$/, ""), "> 95"]);
    assert.deepEqual(others, [
      [
        'serverFiles["alerting_rules.yml"].groups[].rules[0].expr',
        "time() - push_time_seconds > 86400",
        "time() - push_time_seconds > 43200",
      ],
      ["alertmanager.config.route.routes[].receiver", "storage-team", "slack"],
      ["server.tolerations[1].value", "monitoring", "observability"],
    ]);
    assert.deepEqual(changesSince(lab(), started), []);
    requireNoChange(await stack.preview(say));
  });

  it("stays readable leaf by leaf when a secret is added, which shows nowhere", async () => {
    const secrets = { ...lab().secrets, "alerting:credentials.pagerduty": credential };
    await stack.configure({ ...lab().config, ...withPagerDuty() }, secrets);
    const run = await stack.preview(say);
    const own = run.steps.filter(({ type }) => /:Secret$|alerting:/.test(type)).map(({ name }) => name);
    const leaves = leavesOf(run, "a secret", own);
    console.log(`\n    a receiver with a credential\n${leafDiffsList(leaves)}\n`);
    const at = (path: RegExp): unknown[] => leaves.filter((leaf) => path.test(leaf.path)).map(({ now }) => now);
    assert.deepEqual(at(/^alertmanager\.config\.receivers\[\d+\]$/), [
      {
        name: "pagerduty",
        pagerduty_configs: [{ routing_key_file: "/etc/alertmanager-credentials/pagerduty" }],
      },
    ]);
    // It takes the place of a route of ours, which comes after it.
    assert.deepEqual(at(/^alertmanager\.config\.route\.routes\[\d+\]\.receiver$/), ["pagerduty"]);
    assert.ok(at(/^alertmanager\.config\.route\.routes\[\d+\]\.matchers\[0\]$/).includes('page="yes"'));
    assert.ok(leaves.every(({ path }) => /^alertmanager\.(config\.(receivers|route)|extraSecretMounts)/.test(path)));
    assert.doesNotMatch(JSON.stringify(leaves), /\[secret\]/);
    const events = await fs.readFile(run.logFile.replace(/\.log$/, ".events.jsonl"), "utf8");
    for (const shown of [run.output, events, JSON.stringify(run.steps)]) {
      assert.ok(!shown.includes(credential) && !shown.includes(Buffer.from(credential).toString("base64")));
    }
  });

  after("destroy it", async () => {
    await stack.destroy(say);
  });
});
