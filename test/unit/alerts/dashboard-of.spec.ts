import assert from "node:assert/strict";
import { catalog } from "../../../alerts/catalog";
import { dashboardOf } from "../../../alerts/dashboard-of";

describe("the dashboard of an alert", () => {
  it("exists for every built-in alert that people get", () => {
    const without = catalog().filter((alert) => dashboardOf(alert) === undefined);
    assert.deepEqual(
      without.filter(({ severity }) => severity !== "none").map(({ name, file }) => `${name} of ${file}`),
      [],
      "add a row for the metrics of these alerts to alerts/dashboard-of.ts",
    );
    assert.ok(without.length > 0, "alerts of the severity none have no dashboard");
  });

  it("is decided by the alert's name, otherwise by the metrics that it reads", () => {
    const of = (alert: string) => dashboardOf(catalog().find(({ name }) => name === alert)!);
    assert.equal(of("NodeCpuHigh"), "nodes");
    assert.equal(of("NodeExporterMissing"), "nodes", "by its name, although it asks for targets");
    assert.equal(of("CertificateExpires"), "nodes");
    assert.equal(of("PodCrashLooping"), "workloads");
    assert.equal(of("RolloutStuck"), "workloads", "although it asks for nodes too");
    assert.equal(of("VolumeFilling"), "workloads");
    assert.equal(of("NotificationsFailing"), "self");
    assert.equal(of("InstanceDown"), "self");
    assert.equal(of("KubeStateMetricsMissing"), "self", "because the other dashboards are empty then");
    assert.equal(of("Watchdog"), undefined);
  });
});
