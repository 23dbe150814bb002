import * as assert from "node:assert/strict";
import { command } from "../../../../tools/rules-check/command";
import { runRulesCheck } from "../../../../tools/rules-check/show";
import { readArguments, Refusal, usage } from "../../../../tools/shared/command-line";
import { configOf, FakeCli } from "../../../support/fake-cli";
import { type FakePrometheus, fakePrometheus, type FakeSeries } from "../../../support/fake-prometheus";

const rule = (alert: string, expr: string) => ({ alert, expr, labels: { severity: "info" } });

describe("the command that checks a stack's rules", () => {
  let fake: FakeCli;
  let prometheus: FakePrometheus | undefined;
  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => {
    fake.remove();
    prometheus?.stop();
  });

  /** Runs the command for a stack whose only rules are these, because no built-in rule can fire otherwise. */
  async function run(rules: readonly object[], has: Partial<FakeSeries>, ...args: readonly string[]) {
    prometheus = await fakePrometheus(has);
    const options = fake.options({
      config: configOf({ rules: { groups: [{ name: "Shop", rules }] } }),
      "stack ls": { stdout: JSON.stringify([{ name: "dev", current: true }]) },
      "stack output": { stdout: "{}" },
    });
    const said: string[] = [];
    const { values } = readArguments(command, ["--stack", "dev", "--prometheus", prometheus.origin, ...args]);
    const code = await runRulesCheck(values, { ...options, show: (text) => void said.push(text) });
    return { code, said: said.join("\n") };
  }

  /** One series of each exporter, so that built-in rules do not miss a whole exporter. */
  const exporters = [
    "alertmanager_x",
    "prometheus_x",
    "kube_x",
    "node_x",
    "kubelet_x",
    "aggregator_x",
    "apiserver_x",
    "etcd_x",
    "process_x",
    "pushgateway_x",
  ];
  const up = ["prometheus", "alertmanager", "kubernetes-nodes", "kubernetes-api-servers", "prometheus-pushgateway"];
  const series = [
    ...exporters.map((__name__) => ({ __name__ })),
    ...up.map((job) => ({ __name__: "up", job, kubernetes_io_os: "linux" })),
    { __name__: "orders_total", job: "shop" },
  ];

  it("ends with 0 and one line if each rule can fire", async () => {
    const { code, said } = await run([rule("Stalled", "rate(orders_total[5m]) == 0")], { series });
    assert.equal(code, 0, said);
    assert.match(said, /^ok +all rules +\d+ rules with \d+ selectors, asked of Prometheus through http:/m);
    assert.match(said, /^Every rule can fire; \d+ rules with a warning\. \(stack dev, /m);
  });

  it("ends with 1 and a line for each finding, the dead rules first; rules with the same finding share a line", async () => {
    const rules = [rule("Open", "orders_total > 5"), rule("One", "order_total > 1"), rule("Two", "order_total > 2")];
    const { code, said } = await run(rules, { series, results: { "orders_total > 5": 1 } });
    assert.equal(code, 1);
    const [first = ""] = said.split("\n");
    assert.match(first, /^failed +One +`order_total` is not there, and was not within 15d; is `orders_total` meant\?/);
    assert.match(first, /\(alerting:rules\.groups\[0\]\.rules\[1\]\.expr\) Also in Two\.$/);
    assert.match(said, /^warning +Open +would fire at once/m);
    assert.match(said, /^2 rules cannot fire\. If series are absent on purpose, say so in the rule/m);
  });

  it("prints the same as JSON", async () => {
    const { code, said } = await run([rule("One", "order_total > 1")], { series }, "--json");
    const { ok, stack, findings } = JSON.parse(said) as {
      ok: boolean;
      stack: string;
      findings: { rule: string; status: string }[];
    };
    assert.deepEqual([code, ok, stack], [1, false, "dev"]);
    assert.deepEqual(
      findings.filter(({ status }) => status === "failed").map((one) => one.rule),
      ["One"],
    );
  });

  it("ends with 4 and a sentence if Prometheus cannot be reached", async () => {
    const found = run([], {}, "--prometheus", "http://127.0.0.1:9");
    await assert.rejects(found, (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.exitCode, 4);
      assert.match(error.message, /^Prometheus cannot be reached: .*http:\/\/127\.0\.0\.1:9\/-\/ready does not answer/);
      assert.match(error.message, /or give --prometheus URL\.$/);
      return true;
    });
  });

  it("refuses an address with a password", async () => {
    await assert.rejects(
      run([], {}, "--prometheus", "http://a:b@prometheus.example"),
      /--prometheus has a user or a password/,
    );
  });

  it("says in its help what each exit code means", () => {
    for (const code of [0, 1, 2, 4]) assert.match(usage(command), new RegExp(`(^|[ ,])${code} `, "m"));
  });
});
