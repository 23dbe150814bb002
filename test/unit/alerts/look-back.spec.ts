import assert from "node:assert/strict";
import { lookBackOf } from "../../../alerts/look-back";
import { readExpression } from "../../../prometheus/parsers/parsers";
import { ruleJobs } from "../../../alerts/features";
import { releaseValues } from "../../../values/release-values";
import { configuration, lines, type Values } from "../../support/settings";

const minutes = (count: number) => count * 60_000;

function told(values: Values, heartbeatIsSet = false) {
  const { settings, faults: read } = configuration(values);
  const { faults, warnings } = releaseValues({ ...settings, ...(heartbeatIsSet && { heartbeatIsSet }) }, []);
  return { faults: lines([...read, ...faults]), warnings: lines(warnings) };
}

/** The value that a message suggests. */
const advice = (line: string) => /at (?:most|least) (\w+)/.exec(line)![1]!;

describe("the look-back range", () => {
  const cases: [expression: string, expected: ReturnType<typeof lookBackOf>][] = [
    ["up == 0", {}],
    ["rate(a[5m]) > 0", { shortest: minutes(5), longest: minutes(5), scrape: minutes(2.5) }],
    ["absent_over_time(a[2m])", { shortest: minutes(2), longest: minutes(2), scrape: minutes(1.5) }],
    [
      "sum by (b) (increase(a[10m])) > max_over_time(a[4m])",
      { shortest: minutes(4), longest: minutes(10), scrape: minutes(3) },
    ],
    ["a unless a offset 1h", { longest: minutes(60) }],
    ["predict_linear(a[6h], 86400) < 0", { shortest: minutes(360), longest: minutes(360), scrape: minutes(180) }],
    ["not PromQL [", {}],
  ];
  for (const [expression, expected] of cases)
    it(`is read from ${expression}`, () => assert.deepEqual(lookBackOf(readExpression(expression)), expected));
});

describe("an interval or a retention", () => {
  const cases: [what: string, values: (value: string) => Values, bad: string[], line: RegExp][] = [
    [
      "a scrape interval",
      (scrapeInterval) => ({ alerts: { scrapeInterval } }),
      ["91s", "5m", "1h", "1d"],
      /^alerting:alerts\.scrapeInterval: got "\w+"; accepted: at most 90s, or .* in their ranges: .*PrometheusNotIngesting.*\.$/,
    ],
    [
      "an evaluation interval",
      (evaluationInterval) => ({ alerts: { evaluationInterval } }),
      ["121s", "5m", "1h"],
      /^alerting:alerts\.evaluationInterval: got "\w+"; accepted: at most 2m, or .*between two evaluations/,
    ],
    [
      "a retention",
      (retention) => ({ prometheus: { retention } }),
      ["1h", "359m"],
      /^alerting:prometheus\.retention: got "\w+"; accepted: at least 6h, .*look back that far: NodeDiskFilling, VolumeFilling\.$/,
    ],
    [
      "a scrape interval of a job that alerts rely on",
      (scrape_interval) => ({ values: { scrapeConfigs: { "kubernetes-nodes": { scrape_interval } } } }),
      ["2m", "1h"],
      /^alerting:values\.scrapeConfigs\.kubernetes-nodes\.scrape_interval: got "\w+"; accepted: at most 90s/,
    ],
  ];
  for (const [what, values, bad, line] of cases) {
    it(`that rules cannot work with is refused, and the suggested value is accepted: ${what}`, () => {
      for (const value of bad) {
        const { faults } = told(values(value));
        assert.equal(faults.length, 1, faults.join("\n"));
        assert.match(faults[0]!, line);
        assert.deepEqual(told(values(advice(faults[0]!))).faults, []);
      }
    });
  }

  it("is accepted in every timing profile", () => {
    for (const timing of ["default", "prompt", "calm"])
      assert.deepEqual(told({ alerts: { timing } }), { faults: [], warnings: [] });
  });

  it("is limited only by the alerts that are loaded", () => {
    const off = ["NodeDiskFilling", "VolumeFilling"].map((name) => [name, { enabled: false }] as const);
    const { faults } = told({ prometheus: { retention: "30m" }, rules: { alerts: Object.fromEntries(off) } });
    assert.equal(advice(faults.join()), "1h");
  });

  it("causes a warning for a custom job whose interval exceeds Prometheus' look-back", () => {
    const own = (scrape_interval: string): Values => ({
      values: {
        scrapeConfigs: { billing: { scrape_interval, static_configs: [{ targets: ["billing.example:9100"] }] } },
      },
    });
    const { faults, warnings } = told(own("1h"));
    assert.deepEqual(faults, []);
    assert.match(
      warnings.join("\n"),
      /^alerting:values\.scrapeConfigs\.billing\.scrape_interval: is 1h, .*InstanceDown.*\. Write at most 150s\.$/,
    );
    assert.deepEqual(told(own(advice(warnings[0]!))).warnings, []);
  });
});

describe("a retention shorter than a week", () => {
  it("is accepted, although the alerts about certificates look back a week to know what is usual", () => {
    assert.deepEqual(told({ prometheus: { retention: "2d" } }).faults, []);
  });
});

describe("custom rules", () => {
  const rule = (expr: string, more: Values = {}) =>
    told({
      ...more,
      rules: { groups: [{ name: "Own", rules: [{ alert: "Own", expr, labels: { severity: "info" } }] }] },
    });
  const place = /^alerting:rules\.groups\[0\]\.rules\[0\]\.expr: /;

  it("that look back on fewer than two scrapes cause a warning, and the suggested range causes none", () => {
    const { faults, warnings } = rule("rate(a[1m]) > 0", { alerts: { scrapeInterval: "45s" } });
    assert.deepEqual([faults, warnings.length], [[], 1]);
    assert.match(warnings[0]!, place);
    assert.match(warnings[0]!, /scraped every 45s, .* at least 90s\.$/);
    assert.deepEqual(rule("rate(a[90s]) > 0", { alerts: { scrapeInterval: "45s" } }).warnings, []);
  });

  it("are accepted if a job is scraped often enough for them", () => {
    const scrapeConfigs = { quick: { scrape_interval: "15s", static_configs: [{ targets: ["quick.example:1"] }] } };
    assert.deepEqual(rule("rate(a[1m]) > 0", { alerts: { timing: "calm" }, values: { scrapeConfigs } }).warnings, []);
  });

  it("that look back further than the retention cause a warning", () => {
    const { faults, warnings } = rule("a > 2 * a offset 30d");
    assert.deepEqual([faults, warnings.length], [[], 1]);
    assert.match(warnings[0]!, place);
    assert.match(warnings[0]!, /looks back for 30d, and samples are kept for 15d\. Set .* at least 30d,/);
    assert.deepEqual(rule("a > 2 * a offset 30d", { prometheus: { retention: "30d" } }).warnings, []);
  });
});

describe("a disabled component or alert", () => {
  it("causes a warning that names the lost alerts, for example the alerts that need kube-state-metrics", () => {
    const { faults, warnings } = told({ values: { "kube-state-metrics": { enabled: false } } });
    assert.deepEqual(faults, []);
    assert.match(
      warnings.join("\n"),
      /^alerting:values\.kube-state-metrics\.enabled: is false, so these alerts are not loaded, .*: .*KubeStateMetricsMissing, NodeNotReady, /,
    );
  });

  it("causes a warning if node-exporter would skip nodes, unless the alert about it is disabled too", () => {
    const values = { "prometheus-node-exporter": { nodeSelector: { pool: "one" } } };
    const { faults, warnings } = told({ values });
    assert.deepEqual(faults, []);
    assert.match(
      warnings.join(),
      /^alerting:values\.prometheus-node-exporter\.nodeSelector: may keep node-exporter off/,
    );
    const off = { rules: { alerts: { NodeExporterMissing: { enabled: false } } } };
    assert.deepEqual(told({ values, ...off }).warnings, []);
    const same = { "prometheus-node-exporter": { nodeSelector: { "kubernetes.io/os": "linux" } } };
    assert.deepEqual(told({ values: same }).warnings, []);
  });

  for (const job of Object.keys(ruleJobs)) {
    for (const config of [{ enabled: false }, { job_name: "mine" }, null]) {
      it(`is refused if it is the scrape job ${job} with ${JSON.stringify(config)}`, () => {
        const { faults } = told({ values: { scrapeConfigs: { [job]: config } } });
        assert.equal(faults.length, 1, faults.join("\n"));
      });
    }
  }

  const refused: [override: Values, line: RegExp][] = [
    [
      { "kube-state-metrics": { replicas: 0 } },
      /^alerting:values\.kube-state-metrics\.replicas: got 0; .*write `kube-state-metrics\.enabled: false` instead/,
    ],
    [{ "kube-state-metrics": { prometheusScrape: false } }, /^alerting:values\.kube-state-metrics\.prometheusScrape: /],
    [{ "prometheus-node-exporter": { enabled: false } }, /^alerting:values\.prometheus-node-exporter\.enabled: /],
    [
      { "prometheus-node-exporter": { service: { enabled: false } } },
      /^alerting:values\.prometheus-node-exporter\.service\.enabled: /,
    ],
    [
      { "prometheus-node-exporter": { tolerations: [{ operator: "Exists", effect: "NoSchedule" }] } },
      /^alerting:values\.prometheus-node-exporter\.tolerations: node-exporter runs on every node, .*; leave it out\.$/,
    ],
  ];
  for (const [values, line] of refused) {
    it(`is refused if an override disables it like this: ${JSON.stringify(values)}`, () => {
      const { faults } = told({ values });
      assert.equal(faults.length, 1, faults.join("\n"));
      assert.match(faults[0]!, line);
    });
  }

  for (const name of ["Watchdog", "NotificationsFailing"]) {
    it(`is refused if it is ${name} and there is a heartbeat, which needs this alert`, () => {
      const off = { rules: { alerts: { [name]: { enabled: false } } } };
      const { faults } = told(off, true);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, new RegExp(`^alerting:rules\\.alerts\\.${name}\\.enabled: got false; accepted: true, `));
      assert.deepEqual(told(off).faults, []);
    });
  }
});
