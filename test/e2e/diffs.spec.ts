import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import { exampleConfig, leavesOf, oneLeafDiffs } from "../../lab/leaf-diffs";
import type { LeafDiff } from "../../lab/leaf-diffs";
import type { LabStack, StackConfig } from "../../lab/stack";
import { labStack, requireNoChange } from "../../lab/steps";
import { leafDiffsTable } from "../../lab/tables";
import { changesSince, say, withLab } from "./with-lab";

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
  this.timeout("5m");
  const lab = withLab();
  let stack: LabStack;

  before("apply the example", async () => {
    stack = await labStack(lab(), "diffs", exampleConfig());
    await stack.up(say);
  });

  it("is exactly the changed leaf, old and new: a rule's threshold, a route's receiver, a toleration", async () => {
    const started = new Date();
    const diffs = await oneLeafDiffs(lab(), stack, say);
    console.log(`\n    three one-leaf diffs\n${leafDiffsTable(diffs)}\n`);
    const rows = diffs.map(({ path, old, now }) => ({ path, old, now }));
    assert.deepEqual(rows, [
      {
        path: 'serverFiles["alerting_rules.yml"].groups[1].rules[0].expr',
        old: "time() - push_time_seconds > 86400",
        now: "time() - push_time_seconds > 43200",
      },
      { path: "alertmanager.config.route.routes[1].receiver", old: "storage-team", now: "slack" },
      { path: "server.tolerations[1].value", old: "monitoring", now: "observability" },
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
    console.log(`\n    a receiver with a credential\n${leafDiffsTable(leaves)}\n`);
    const of = (path: string): LeafDiff | undefined => leaves.find((leaf) => leaf.path === path);
    assert.deepEqual(of("alertmanager.config.receivers[2]")?.now, {
      name: "pagerduty",
      pagerduty_configs: [{ routing_key_file: "/etc/alertmanager-credentials/pagerduty" }],
    });
    assert.deepEqual(of("alertmanager.config.route.routes[2]")?.now, {
      matchers: ['page="yes"'],
      receiver: "pagerduty",
    });
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
