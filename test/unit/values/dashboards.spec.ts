import assert from "node:assert/strict";
import { parse } from "yaml";
import { catalog } from "../../../alerts/catalog";
import { dashboardOf } from "../../../alerts/dashboard-of";
import { readExpression, readTree } from "../../../prometheus/parsers/parsers";
import type { StackSettings } from "../../../settings/stack-settings";
import { dashboards } from "../../../values/dashboards/dashboards";
import { datasourceFile } from "../../../values/dashboards/datasource";
import { schemaErrors } from "../../support/grafana-schema";
import { guarded, settings, type Values } from "../../support/settings";

/** Settings with which every built-in alert is loaded. */
const whole = (values: Values = {}): StackSettings => ({
  ...settings({
    availability: { alertmanagers: 3, prometheus: 2 },
    prometheus: { scrapeControlPlane: true },
    values: { server: { remoteWrite: [{ url: "https://metrics.example/write" }] } },
    ...values,
  }),
  heartbeatIsSet: true,
});
const plain = dashboards(whole());
const made = (values?: Values) => (values === undefined ? plain : dashboards(whole(values)));
const panelsOf = (values?: Values) =>
  made(values).flatMap(({ name, json }) => json.panels.map((panel) => ({ name, ...panel })));
const panelOf = (alert: string, values?: Values) => panelsOf(values).find(({ title }) => title === alert);

describe("the dashboards", () => {
  it("have only fields and values that Grafana's published types have", function () {
    this.timeout("30s");
    const [nodes, ...others] = made().map(({ json }) => json);
    const withPanel = (changes: object) => ({ ...nodes, panels: [{ ...nodes!.panels[1], ...changes }] });
    const wrong = [{ ...nodes, refreshed: true }, withPanel({ type: "graph" }), withPanel({ options: { legend: {} } })];
    const errors = schemaErrors([nodes!, ...others, ...wrong]);
    assert.deepEqual(errors.slice(0, 3), [[], [], []]);
    for (const found of errors.slice(3)) assert.equal(found.length > 0, true);
    assert.equal(errors.length, 6);
  });

  it("show every built-in alert whose threshold can be set as a graph, and every other alert as a state", () => {
    for (const alert of catalog()) {
      const name = dashboardOf(alert);
      if (name === undefined) continue;
      if (alert.threshold !== undefined) assert.equal(panelOf(alert.name)?.name, name, alert.name);
      const [states] = panelsOf().filter((panel) => panel.name === name);
      assert.ok(states!.targets[0].expr.includes(alert.name), alert.name);
    }
  });

  it("have expressions that Prometheus accepts", () => {
    for (const { title, targets } of panelsOf())
      for (const { expr } of targets) assert.deepEqual(readExpression(expr).faults, [], title);
    for (const { json } of made())
      for (const { target } of json.annotations.list) assert.deepEqual(readExpression(target.expr).faults, []);
  });

  it("draw what an alert compares, which is the left side of the comparison with the threshold", () => {
    const shown = catalog().flatMap((alert) => {
      const panel = panelOf(alert.name);
      return panel === undefined ? [] : [{ ...alert, drawn: panel.targets[0].expr }];
    });
    assert.ok(shown.length > 15);
    for (const { name, expr, drawn } of shown) {
      let comparison = readTree(expr);
      while (["and", "unless"].includes(comparison.name)) comparison = comparison.children[0]!;
      const { name: operator, children } = comparison;
      assert.match(operator, /^[<>]=?$/, name);
      assert.equal(drawn, children[0]!.text, name);
      assert.equal(children[1]!.kind, "NumberLiteral", name);
    }
  });

  it("mark the range in which an alert fires, with the stack's threshold and severity", () => {
    const alerts = { NodeMemoryLow: { threshold: 7, for: "20m" }, NodeCpuHigh: { severity: "critical" } };
    const runbookUrl = "https://git.example";
    const steps = (alert: string) => panelOf(alert, { rules: { alerts, runbookUrl } })!.fieldConfig.defaults;
    const { unit, thresholds, custom } = steps("NodeMemoryLow") as {
      unit: string;
      thresholds: unknown;
      custom: object;
    };
    assert.equal(unit, "percent");
    assert.deepEqual(thresholds, {
      mode: "absolute",
      steps: [
        { color: "red", value: null },
        { color: "transparent", value: 7 },
      ],
    });
    assert.deepEqual((custom as { thresholdsStyle: unknown }).thresholdsStyle, { mode: "line+area" });
    const described = (alert: string) => panelOf(alert, { rules: { alerts, runbookUrl } })!.description;
    assert.equal(
      described("NodeMemoryLow"),
      "NodeMemoryLow (warning) fires if this is below 7 for 20m. [Runbook](https://git.example/docs/runbooks/NodeMemoryLow.md)",
    );
    assert.match(described("NodeCpuHigh"), /^NodeCpuHigh \(critical\) fires if this is above 90 for 15m\./);
    assert.match(panelOf("NodeCpuHigh")!.description, /above 90 for 15m\.$/, "a relative runbook is not linked");
  });

  it("leave out alerts that are not loaded, and a dashboard without alerts", () => {
    const off = { rules: { alerts: { NodeCpuHigh: { enabled: false } } } };
    assert.ok(!JSON.stringify(made(off)).includes("NodeCpuHigh"));
    const titles = (values: Values, heartbeatIsSet: boolean) =>
      dashboards({ ...settings(values), heartbeatIsSet }).flatMap(({ json }) => json.panels.map(({ title }) => title));
    assert.ok(titles({}, true).includes("Heartbeat"));
    assert.ok(!titles({}, false).includes("Heartbeat"));
    const workloads = catalog().filter((alert) => dashboardOf(alert) === "workloads");
    const none = Object.fromEntries(workloads.map(({ name }) => [name, { enabled: false }]));
    assert.deepEqual(
      made({ rules: { alerts: none } }).map(({ name }) => name),
      ["nodes", "self"],
    );
  });

  it("select this stack's datasource only if it is created", () => {
    const current = (values: Values) => made(values).map(({ json }) => "current" in json.templating.list[0]);
    assert.deepEqual(current({}), [true, true, true]);
    assert.deepEqual(current({ dashboards: { datasource: false } }), [false, false, false]);
  });

  it("mark each time at which one of their alerts fired, and have panels that do not overlap", () => {
    for (const { name, json } of made()) {
      const [annotation] = json.annotations.list;
      assert.match(annotation.target.expr, /^ALERTS\{alertname=~".+", alertstate="firing"\}$/);
      const places = json.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
      assert.equal(new Set(places).size, places.length, name);
      assert.deepEqual(
        json.panels.map(({ id }) => id),
        [...places.keys()].map((at) => at + 1),
      );
    }
  });

  it("fit into a ConfigMap each", () => {
    for (const { json } of made()) assert.ok(JSON.stringify(json).length < 1024 ** 2 / 4);
  });
});

describe("the datasource", () => {
  interface Datasource {
    readonly url: string;
    readonly basicAuthUser?: string;
    readonly jsonData: Readonly<Record<string, unknown>>;
    readonly secureJsonData: object;
  }
  const read = (...args: Parameters<typeof datasourceFile>) =>
    (parse(datasourceFile(...args)) as { datasources: [Datasource] }).datasources[0];
  const login = { user: "grafana-1", password: "canary" };

  it("has the Service's address, a fixed uid, and user and password", () => {
    assert.deepEqual(read(settings(), { login }), {
      name: "alerting-prometheus",
      uid: "alerting-prometheus",
      type: "prometheus",
      access: "proxy",
      url: "http://prometheus-server.monitoring.svc",
      editable: false,
      basicAuth: true,
      basicAuthUser: "grafana-1",
      jsonData: { httpMethod: "POST", timeInterval: settings().alerts.scrapeInterval },
      secureJsonData: { basicAuthPassword: "canary" },
    });
  });

  it("has no login if the page has no password", () => {
    const { basicAuthUser, secureJsonData } = read(settings({ access: { password: false } }), {});
    assert.deepEqual([basicAuthUser, secureJsonData], [undefined, {}]);
  });

  it("trusts the certificate's authority for the certificate's host if the page has a certificate", () => {
    const { url, jsonData, secureJsonData } = read(
      { ...settings(guarded), certificateIsSet: true },
      { login, authority: "ca" },
    );
    assert.equal(url, "https://prometheus-server.monitoring.svc:80");
    assert.deepEqual([jsonData.tlsAuthWithCACert, jsonData.serverName], [true, "prometheus.example"]);
    assert.deepEqual(secureJsonData, { basicAuthPassword: "canary", tlsCACert: "ca" });
  });
});
