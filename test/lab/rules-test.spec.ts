import * as assert from "node:assert/strict";
import { runRuleTests } from "../../tools/rules-test/run";
import { configOf, FakeCli } from "../support/fake-cli";
import { withProgram } from "../support/lab/with-program";

/** A test of an alert of the folder, of one of the settings, and of a built-in one with the stack's own threshold. */
const test = (expected: string) => `rule_files: [../shop.yaml]
evaluation_interval: 1m
tests:
  - name: no orders on a busy node
    interval: 1m
    input_series:
      - series: orders_total{instance="shop-0"}
        values: 7x40
      - series: carts_open{instance="shop-0"}
        values: 3x40
      # 80 % busy.
      - series: node_cpu_seconds_total{job="kubernetes-service-endpoints", node="worker-1", instance="10.0.2.11:9100", cpu="0", mode="idle"}
        values: 0+12x40
    alert_rule_test:
      - alertname: OrdersStalled
        eval_time: 20m
        exp_alerts: [{ exp_labels: { instance: shop-0, severity: warning } }]
      - alertname: CartsOpen
        eval_time: 20m
        exp_alerts: [{ exp_labels: { instance: shop-0, severity: info } }]
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{alertname="NodeCpuHigh", alertstate="firing"})
        eval_time: 30m
        exp_samples: ${expected}
`;
const settings = {
  rules: {
    folder: "ops/rules",
    groups: [{ name: "Carts", rules: [{ alert: "CartsOpen", expr: "carts_open > 2", labels: { severity: "info" } }] }],
    alerts: { NodeCpuHigh: { threshold: 70 } },
  },
};
const shop = `groups:
  - name: Shop
    rules:
      - alert: OrdersStalled
        expr: rate(orders_total[10m]) == 0
        labels: { severity: warning }
`;

describe("the tests of a stack's own rules, run by promtool", () => {
  const promtool = withProgram("promtool");
  let fake: FakeCli;
  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => fake.remove());

  async function run(text: string) {
    fake.write({ "ops/rules/shop.yaml": shop, "ops/rules/tests/shop.yaml": text });
    const options = fake.options({
      config: configOf(settings),
      "stack ls": { stdout: JSON.stringify([{ name: "dev", current: true }]) },
    });
    const said: string[] = [];
    const show = (line: string) => void said.push(line);
    const code = await runRuleTests({ stack: "dev", promtool: promtool(), list: false }, { ...options, show });
    return { code, said: said.join("\n") };
  }

  it("may be about any alert of the stack, with the stack's thresholds", async () => {
    const { code, said } = await run(test("[{ labels: '{alertname=\"NodeCpuHigh\"}', value: 1 }]"));
    assert.equal(code, 0, said);
    assert.match(said, /SUCCESS/);
  });

  it("fail with promtool's report", async () => {
    const { code, said } = await run(test("[]"));
    assert.equal(code, 1);
    assert.match(said, /^ops\/rules\/tests\/shop\.yaml: FAILED:\s+expr: .*NodeCpuHigh/);
    assert.ok(!said.includes("rule-tests-"), said);
  });
});
