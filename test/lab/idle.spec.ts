import * as assert from "node:assert/strict";
import { unrest } from "../../lab/idle";
import type { ActiveAlert, Target } from "../../lab/prometheus-api";

function alert(state: ActiveAlert["state"]): ActiveAlert {
  const labels = { alertname: "InstanceDown", instance: "10.0.2.11:9100" };
  return { labels, state, activeAt: "2026-01-01T00:00:00Z" };
}

describe("an idle lab", () => {
  const target = (health: string, labels: Record<string, string> = { job: "prometheus" }): Target => ({
    labels,
    discoveredLabels: {},
    lastScrape: "2026-01-01T00:00:00Z",
    lastScrapeDuration: 0,
    scrapeUrl: "http://10.0.2.11:9100/metrics",
    health,
    lastError: health === "up" ? "" : "connection refused",
  });

  it("has no target that is down, and no firing alert except the Watchdog", () => {
    const watchdog = { ...alert("firing"), labels: { alertname: "Watchdog" } };
    assert.deepEqual(unrest([target("up")], [watchdog], { prometheus: 1 }), []);
  });

  it("does not count as idle if there are no targets, a target is down or missing, or there is an alert", () => {
    assert.match(unrest([], [], {}).join(), /no target/);
    assert.match(unrest([target("down")], [], {}).join(), /is down: connection refused/);
    assert.match(unrest([target("up")], [], { prometheus: 2 }).join(), /1 of 2 targets of prometheus/);
    assert.match(
      unrest([target("up")], [alert("pending")], {}).join(),
      /InstanceDown is pending for 10\.0\.2\.11:9100/,
    );
  });
});
