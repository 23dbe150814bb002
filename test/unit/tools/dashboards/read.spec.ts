import assert from "node:assert/strict";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { dashboardJson } from "../../../../tools/dashboards/read";
import { configOf, FakeCli } from "../../../support/fake-cli";
import type { Values } from "../../../support/settings";

describe("the JSON of a dashboard", function () {
  let fake: FakeCli;
  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => fake.remove());

  const options = (values: Values) =>
    fake.options({
      config: configOf(values, { "alerting:heartbeatUrl": { secret: true } }),
      "stack ls": { stdout: "[]" },
    });

  it("has the stack's thresholds and no datasource of the stack, and is read without any secret", async () => {
    const rules = { alerts: { NodeMemoryLow: { threshold: 7 } } };
    const text = await dashboardJson("dev", "nodes", options({ rules, dashboards: { namespace: "grafana" } }));
    const read = JSON.parse(text) as { uid: string };
    assert.equal(read.uid, "alerting-nodes");
    assert.match(text, /fires if this is below 7 for/);
    assert.ok(!text.includes("alerting-prometheus"));
    assert.ok(!fake.asked().some((command) => command.includes("--show-secrets")), fake.asked().join("\n"));
  });

  it("includes the heartbeat if its URL is set, which stays secret", async () => {
    assert.ok((await dashboardJson("dev", "self", options({}))).includes('"Heartbeat"'));
  });

  it("is not printed with default thresholds if the settings have a problem", async () => {
    const wrong = options({ rules: { alerts: { NodeMemoryLow: { threshold: "low" } } } });
    await assert.rejects(dashboardJson("dev", "nodes", wrong), /alerting:rules cannot be read/);
  });

  it("does not exist if the stack loads none of its alerts", async () => {
    const values = { "kube-state-metrics": { enabled: false } };
    const volumes = ["VolumeFilling", "VolumeAlmostFull", "VolumeInodesLow"];
    const rules = { alerts: Object.fromEntries(volumes.map((alert) => [alert, { enabled: false }])) };
    await assert.rejects(dashboardJson("dev", "workloads", options({ values, rules })), StackUnreadable);
  });
});
