import assert from "node:assert/strict";
import { faultLines, master, settings, workerB } from "../../support/settings";

describe("alerting:availability", () => {
  it("is one of each on the masters by default, so that no stack changes by itself", () => {
    assert.deepEqual(settings().availability, { alertmanagers: 1, prometheus: 1, spread: "masters" });
  });

  it("accepts what is useful, and says so for everything else", () => {
    const allowed = { alertmanagers: 3, prometheus: 2, spread: "all" };
    const nodes = { masters: { names: [master] }, workers: { names: [workerB] } };
    assert.deepEqual(settings({ availability: allowed, nodes }).availability, allowed);
    assert.deepEqual(faultLines({ availability: { alertmanagers: 4, prometheus: 0, spread: "workers" } }), [
      "alerting:availability.alertmanagers: got 4; accepted: one of 1, 2, 3.",
      "alerting:availability.prometheus: got 0; accepted: one of 1, 2.",
      'alerting:availability.spread: got "workers"; accepted: one of "masters", "all".',
    ]);
  });

  it("cannot spread over workers that get no label", () => {
    const nodes = { masters: { names: ["a"] }, workers: { names: ["b"] } };
    assert.deepEqual(faultLines({ nodes, nodeLabel: { nodes: "masters" }, availability: { spread: "all" } }), [
      'alerting:nodeLabel.nodes: got "masters"; accepted: "all", because with alerting:availability.spread "all" the label says which workers run replicas.',
    ]);
    assert.deepEqual(faultLines({ nodes, nodeLabel: { nodes: "masters" } }), []);
  });

  it("cannot spread over workers that are not named", () => {
    assert.deepEqual(faultLines({ availability: { alertmanagers: 2, spread: "all" } }), [
      'alerting:availability.spread: got "all"; accepted: "masters", because alerting:nodes.workers names no workers.',
    ]);
  });

  it("needs routes whose group interval is longer than the wait for all other Alertmanagers", () => {
    const routes = [{ receiver: "slack", routes: [{ matchers: ['a="b"'], group_interval: "10s" }] }];
    const faults = (alertmanagers: number) => faultLines({ availability: { alertmanagers }, alertmanager: { routes } });
    assert.deepEqual(faults(3), [
      'alerting:alertmanager.routes[0].routes[0].group_interval: got "10s"; accepted: a duration longer than 10s, for which the last of 3 Alertmanagers waits for the others\' messages.',
    ]);
    assert.deepEqual(faults(2), []);
    assert.deepEqual(faults(1), []);
  });

  it("needs a group interval that leaves time to wait for another Alertmanager", () => {
    const faults = (alertmanagers: number, groupInterval: string) =>
      faultLines({ availability: { alertmanagers }, alerts: { groupInterval } });
    assert.deepEqual(faults(2, "3s"), [
      'alerting:alerts.groupInterval: got "3s"; accepted: a duration of at least 4s, because with alerting:availability.alertmanagers 2 each waits for the others\' messages.',
    ]);
    assert.deepEqual(faults(2, "4s"), []);
    assert.deepEqual(faults(1, "3s"), []);
  });
});
