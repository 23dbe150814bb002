import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, builtInAlert, builtInRuleGroups } from "../../../alerts/catalog";
import { featuresNeeded, featuresOff } from "../../../alerts/features";
import {
  comparisonWith,
  thresholdFault,
  thresholdOf,
  unitsIn,
  withThreshold,
} from "../../../alerts/adjustable-threshold";
import { type Tuning, tunedRuleGroups } from "../../../alerts/tuning";

import { projectRoot } from "../../../conventions/project-root";
import { readExpression } from "../../../prometheus/parsers/parsers";
import type { AlertingRule } from "../../../prometheus/rule-groups";
import { settings } from "../../support/settings";

const plain: Tuning = { alerts: {}, instanceDownFor: "1m", jobDownFor: "30s", off: new Set() };

/** The alerts in the release, by name. */
function sent(tuning: Partial<Tuning> = {}): Map<string, AlertingRule> {
  const rules = tunedRuleGroups({ ...plain, ...tuning }).flatMap(({ group }) => group.rules);
  return new Map(rules.flatMap((rule) => ("alert" in rule ? [[rule.alert, rule] as const] : [])));
}

/** The paths of the leaves that differ between two values. */
function differences(one: unknown, other: unknown, path = ""): string[] {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null)
    return Object.is(one, other) ? [] : [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differences((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], `${path}.${key}`),
  );
}

const asSent = (tuning: Partial<Tuning> = {}) =>
  Object.fromEntries(tunedRuleGroups({ ...plain, ...tuning }).map(({ group }) => [group.name, group.rules]));
const changes = (alerts: Tuning["alerts"]) => differences(asSent(), asSent({ alerts }));

describe("the threshold of an expression", () => {
  const cases: [expression: string, value: number | undefined][] = [
    ["a / b * 100 > 90", 90],
    ["abs(a) >= 0.05", 0.05],
    ["a < -0.5", -0.5],
    ["time() - a > 7d", 604_800],
    ["a > bool 1e3", 1000],
    ["sum by (node) (a) < 10 and on (node) b == 1", 10],
    ["up == 0", undefined],
    ["a > b", undefined],
    ["a > 1 and b > 2", undefined],
    ["90 < a", undefined],
    ["vector(1)", undefined],
    ["not PromQL >", undefined],
  ];
  for (const [expression, value] of cases) {
    it(`is ${value ?? "absent"} in ${expression}`, () =>
      assert.equal(thresholdOf(readExpression(expression))?.value, value));
  }

  const set = (expression: string, value: number) =>
    withThreshold(expression, thresholdOf(readExpression(expression))!, value);

  it("is replaced in place, and the rest of the expression stays unchanged", () => {
    assert.equal(set("100 *  a # 90\n  > 90", 85.5), "100 *  a # 90\n  > 85.5");
    assert.equal(set("a < -0.5", -1), "a < -1");
    assert.equal(set("time() - a > 7d", 60), "time() - a > 60");
  });

  it("that is set to the same value changes nothing, however it is written", () => {
    assert.equal(set("a > 90.0", 90), "a > 90.0");
  });
});

describe("the comparison with a threshold", () => {
  const cases: [expression: string, parts: [compared: string, operator: string] | undefined][] = [
    ["a / b * 100 > 90", ["a / b * 100", ">"]],
    ['sum by (node) (\n  a and b{c="(or"}\n) <= 1 ', ['sum by (node) (\n  a and b{c="(or"}\n)', "<="]],
    ['a{b="\\" or "}\n>= 1', ['a{b="\\" or "}', ">="]],
    ["a < 1\nunless on (node) (b or c)", ["a", "<"]],
    ["a < 1 and b == 2", ["a", "<"]],
    ["a > bool 1", undefined],
    ["a < 1 or b", undefined],
    ["a < 1 unless b or c", undefined],
    ["a or b < 1", undefined],
    ["a unless on (node) b < 1", undefined],
    ["sum(a < 1)", undefined],
  ];
  for (const [expression, parts] of cases) {
    it(`has ${parts ? "" : "not "}the alert's value on its left side in ${JSON.stringify(expression)}`, () => {
      const found = comparisonWith(thresholdOf(readExpression(expression))!, expression);
      assert.deepEqual(found && [found.compared, found.operator], parts);
    });
  }
});

describe("the unit of a threshold", () => {
  const percent = builtInAlert("NodeCpuHigh")!.threshold!.unit;

  it("refuses a fraction instead of a percentage, and suggests the percentage", () => {
    assert.equal(thresholdFault(0.8, percent), "a percentage from 1 to 100; is 80 meant?");
    assert.equal(thresholdFault(0.07, percent), "a percentage from 1 to 100; is 7 meant?");
  });

  it("accepts the values at its limits, and refuses values beyond them", () => {
    for (const right of [1, 80, 99.5, 100]) assert.equal(thresholdFault(right, percent), undefined);
    for (const wrong of [-1, 0, 100.1, 1e9]) assert.equal(thresholdFault(wrong, percent), "a percentage from 1 to 100");
  });

  it("accepts no fraction if it is a count", () => {
    const count = builtInAlert("PodCrashLooping")!.threshold!.unit;
    assert.match(thresholdFault(2.5, count)!, /^a whole number from/);
    assert.equal(thresholdFault(3, count), undefined);
  });

  it("is read from the comment below the alert's name", () => {
    const file = "- alert: A\n  # threshold: seconds\n- alert: B\n  expr: b\n- alert: C\n  # threshold: count from 2\n";
    assert.deepEqual(
      [...unitsIn(file)].map(([alert, { name, least }]) => [alert, name, least]),
      [
        ["A", "a number of seconds", 0.001],
        ["C", "a whole number", 2],
      ],
    );
  });

  it("that does not exist is reported with the existing units", () => {
    assert.throws(() => unitsIn("- alert: A\n  # threshold: parsecs\n"), {
      message: 'A: "parsecs" is not a unit of a threshold; use percent, seconds, mebibytes, count.',
    });
  });
});

describe("the catalog of the alerts", () => {
  it("has every alert once, with file, group and severity", () => {
    const names = catalog().map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.includes("InstanceDown"));
    for (const { name, file, group, severity } of catalog()) {
      assert.match(file, /^alerts\/rules\/[\w-]+\.yaml$/, name);
      assert.ok(group, name);
      assert.match(severity, /^(critical|warning|info|none)$/, name);
    }
  });

  it("has a different name for each group", () => {
    const names = builtInRuleGroups().map(({ group }) => group.name);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it("has a threshold for each comment that names a unit, and each threshold is valid in its unit", () => {
    const files = readdirSync(join(projectRoot, "alerts", "rules")).filter((name) => name.endsWith(".yaml"));
    const comments = files.flatMap((name) => [
      ...readFileSync(join(projectRoot, "alerts", "rules", name), "utf8").matchAll(/# threshold:/g),
    ]);
    assert.equal(catalog().filter(({ threshold }) => threshold !== undefined).length, comments.length);
    for (const { name, threshold } of catalog())
      if (threshold !== undefined) assert.equal(thresholdFault(threshold.value, threshold.unit), undefined, name);
  });

  it("finds nothing under the names of JavaScript's built-in objects", () =>
    assert.equal(builtInAlert("constructor"), undefined));
});

describe("the components that a rule needs", () => {
  const needs = (expression: string, file = "rules/a.yaml") => featuresNeeded(file, readExpression(expression));

  it("are found from the metrics in its expression, wherever they appear", () => {
    assert.deepEqual(needs("kube_pod_info > 0"), ["kube-state-metrics"]);
    assert.deepEqual(needs("a unless on (node) (node_load1 > 2)"), ["prometheus-node-exporter"]);
    assert.deepEqual(needs("time() - push_time_seconds > 1"), ["prometheus-pushgateway"]);
    assert.deepEqual(needs("up == 0"), []);
  });

  it("are not found from labels, or from other metrics with a similar name", () => {
    assert.deepEqual(needs('kubelet_volume_stats_used_bytes{a="kube_pod_info"} > 0 and on (node_name) up == 1'), []);
  });

  it("include the heartbeat for the Watchdog rule, and replicas for the rules that compare them", () => {
    assert.deepEqual(needs("vector(1)", "alerts/rules/watchdog.yaml"), ["heartbeat"]);
    assert.deepEqual(needs("vector(1)", "alerts/rules/alertmanager-replicas.yaml"), ["alertmanager-replicas"]);
    assert.deepEqual(needs("vector(1)", "alerts/rules/prometheus-replicas.yaml"), ["prometheus-replicas"]);
    assert.deepEqual(needs("vector(1)"), []);
  });

  it("include the scraped control plane and remote write for the rules about them", () => {
    assert.deepEqual(needs("vector(1)", "alerts/rules/control-plane-scraped.yaml"), ["control-plane-scraped"]);
    assert.deepEqual(needs("vector(1)", "alerts/rules/remote-write.yaml"), ["remote-write"]);
  });

  it("are disabled only if the override disables them", () => {
    const values = {
      "kube-state-metrics": { enabled: false },
      "prometheus-pushgateway": { enabled: true },
      server: {},
    };
    const availability = { alertmanagers: 2, prometheus: 2, spread: "masters" } as const;
    const prometheus = { ...settings().prometheus, scrapeControlPlane: true };
    const remoteWrite = [{ url: "https://metrics.example/write" }];
    const { longTerm } = settings();
    const on = {
      ...{ values: { ...values, server: { remoteWrite } }, heartbeatIsSet: true, availability },
      ...{ prometheus, longTerm },
    };
    const off = (changed: object) => [...featuresOff({ ...on, ...changed })];
    assert.deepEqual(off({}), ["kube-state-metrics"]);
    const others = { values: { server: { remoteWrite } } };
    assert.deepEqual(off({ ...others, heartbeatIsSet: false }), ["heartbeat"]);
    const one = (kind: string) => off({ ...others, availability: { ...availability, [kind]: 1 } });
    assert.deepEqual(one("alertmanagers"), ["alertmanager-replicas"]);
    assert.deepEqual(one("prometheus"), ["prometheus-replicas"]);
    assert.deepEqual(off({ ...others, prometheus: settings().prometheus }), ["control-plane-scraped"]);
    for (const server of [undefined, {}, null, { remoteWrite: [] }, { remoteWrite: null }])
      assert.deepEqual(off({ values: { server } }), ["remote-write"]);
    assert.deepEqual(off({ values: {}, longTerm: { ...longTerm, engine: "thanos" } }), []);
  });
});

describe("the rules in the release", () => {
  it("are the rules of the files, unless a setting changes them", () => {
    assert.deepEqual(
      [...sent().keys()],
      catalog().map(({ name }) => name),
    );
    assert.deepEqual(
      tunedRuleGroups(plain).map(({ group }) => group),
      builtInRuleGroups().map(({ group }) => group),
    );
  });

  it("leave out disabled alerts, and a group without any rule left", () => {
    const { file } = builtInAlert("InstanceDown")!;
    const alerts = Object.fromEntries(
      catalog().flatMap((alert) => (alert.file === file ? [[alert.name, { enabled: false }]] : [])),
    );
    const left = tunedRuleGroups({ ...plain, alerts });
    assert.ok(!left.some((group) => group.file === file));
    assert.equal(sent({ alerts: { InstanceDown: { enabled: false } } }).has("InstanceDown"), false);
    assert.equal(sent({ alerts: { InstanceDown: { enabled: true } } }).has("InstanceDown"), true);
  });

  it("leave out exactly the alerts that need a disabled component", () => {
    for (const feature of [
      "kube-state-metrics",
      "prometheus-node-exporter",
      "prometheus-pushgateway",
      "heartbeat",
      "alertmanager-replicas",
      "prometheus-replicas",
      "control-plane-scraped",
      "remote-write",
    ] as const) {
      const gone = catalog().filter(({ name }) => !sent({ off: new Set([feature]) }).has(name));
      assert.deepEqual(
        gone.map(({ name }) => name),
        catalog().flatMap(({ name, needs }) => (needs.includes(feature) ? [name] : [])),
      );
      assert.ok(gone.length > 0, feature);
      assert.ok(!gone.some(({ name }) => name === "InstanceDown"), feature);
    }
  });

  it("use the configured durations for InstanceDown and JobDown", () => {
    const rules = sent({ instanceDownFor: "7m", jobDownFor: "6m" });
    assert.deepEqual([rules.get("InstanceDown")?.for, rules.get("JobDown")?.for], ["7m", "6m"]);
    assert.equal(sent({ instanceDownFor: "7m", alerts: { JobDown: { for: "2m" } } }).get("JobDown")?.for, "2m");
  });

  it("compare the members of Alertmanager's cluster with the number of Alertmanagers, and change nothing else by it", () => {
    const expr = (alertmanagers: number) => sent({ alertmanagers }).get("AlertmanagerMembersMissing")?.expr;
    assert.match(expr(2) ?? "", /\) < 2$/);
    assert.match(expr(3) ?? "", /\) < 3$/);
    assert.equal(differences(asSent({ alertmanagers: 2 }), asSent({ alertmanagers: 3 })).length, 1);
  });

  for (const { name, threshold } of catalog()) {
    it(`change one leaf for each setting of ${name}`, () => {
      assert.equal(changes({ [name]: { for: "17m" } }).length, 1);
      assert.match(changes({ [name]: { for: "17m" } })[0]!, /\.for$/);
      const severity = builtInAlert(name)!.severity === "info" ? "warning" : "info";
      assert.match(changes({ [name]: { severity } }).join(), /^[^,]*\.labels\.severity$/);
      if (threshold === undefined) return;
      const other = threshold.value + (thresholdFault(threshold.value + 1, threshold.unit) === undefined ? 1 : -1);
      assert.match(changes({ [name]: { threshold: other } }).join(), /^[^,]*\.expr$/);
      const tuned = sent({ alerts: { [name]: { threshold: other } } }).get(name)!;
      assert.equal(thresholdOf(readExpression(tuned.expr))?.value, other);
    });
  }

  it("begin their runbook links with the configured URL, which exactly one slash follows", () => {
    const links = (runbookUrl?: string) =>
      [...sent({ runbookUrl }).values()].map((rule) => rule.annotations?.["runbook_url"]);
    const relative = links();
    assert.ok(relative.every((link) => link === undefined || link.startsWith("docs/runbooks/")));
    for (const base of ["https://git.example/alerting", "https://git.example/alerting/"])
      assert.deepEqual(
        links(base),
        relative.map((link) => link && `https://git.example/alerting/${link}`),
      );
  });

  it("give each alert that people get a link to its dashboard if Grafana's URL is set, and otherwise none", () => {
    const links = (grafanaUrl?: string) =>
      new Map([...sent({ grafanaUrl })].map(([name, rule]) => [name, rule.annotations?.["dashboard_url"]]));
    assert.deepEqual([...new Set(links().values())], [undefined]);
    for (const base of ["https://g.example/x", "https://g.example/x/"]) {
      assert.equal(links(base).get("NodeCpuHigh"), "https://g.example/x/d/alerting-nodes");
      assert.equal(links(base).get("PodCrashLooping"), "https://g.example/x/d/alerting-workloads");
      assert.equal(links(base).get("Watchdog"), undefined);
    }
    assert.doesNotMatch(links("https://g.example/{{x}}").get("NodeCpuHigh")!, /[{}]/);
  });

  it("leave the built-in rules unchanged for the next caller", () => {
    const before = JSON.stringify(builtInRuleGroups());
    sent({ alerts: { InstanceDown: { for: "9m", severity: "info" } }, runbookUrl: "https://git.example" });
    assert.equal(JSON.stringify(builtInRuleGroups()), before);
  });
});
