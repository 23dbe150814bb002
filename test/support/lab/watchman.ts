import * as assert from "node:assert/strict";
import { PrometheusApi } from "../../../lab/prometheus-api";
import type { Urls } from "../../../lab/web";
import { readSlackPayload } from "../../../lab/slack-message";
import type { Lab } from "../../../lab/lab";
import { settle } from "../../../lab/idle";
import { master, firstWorker } from "./operator";
import { say } from "./with-lab";

/** The interval of heartbeats in the fast profile. */
const INTERVAL_MS = 10_000;
/** How long the receiver waits for a ping: the interval plus a quarter of it. */
const BOUND_MS = INTERVAL_MS * 1.25;

/** Tests of the heartbeat, which reports if the alerting itself fails. The tests do not change the stack. */
export function describeWatchman(lab: () => Lab, urls: () => Urls): void {
  before("wait until nothing fires", () => settle(urls(), say));
  after("have Slack answer again", () => lab().slack.answer("ok"));

  /** Causes an outage; returns the milliseconds until the receiver reports that pings have stopped. */
  async function untilTold(cut: () => Promise<unknown>): Promise<number> {
    const { heartbeat } = lab();
    await heartbeat.nextPing(3 * INTERVAL_MS);
    const cutAt = Date.now();
    await cut();
    const { toldAt } = await heartbeat.gap(BOUND_MS, 10 * INTERVAL_MS);
    say(`told after ${((toldAt - cutAt) / 1000).toFixed(1)} s`);
    return toldAt - cutAt;
  }

  it("arrives once in each interval", async () => {
    const { heartbeat } = lab();
    const from = heartbeat.pings.length;
    for (let beat = 0; beat < 3; beat++) await heartbeat.nextPing(2 * INTERVAL_MS);
    const gaps = heartbeat.pings.slice(from).map(({ at }, index, pings) => at - (pings[index - 1]?.at ?? at));
    for (const gap of gaps.slice(1)) assert.ok(Math.abs(gap - INTERVAL_MS) < 2_500, `${gap} ms`);
  });

  it("reports within two intervals that Prometheus has stopped, although Alertmanager still has its alerts", async () => {
    const program = { program: "prometheus", node: master } as const;
    const took = await untilTold(() => lab().nodes.stopProgram(program));
    assert.ok(took <= 2 * INTERVAL_MS, `${took} ms`);
    const alerts = await new PrometheusApi(urls().alertmanager, urls().access).page(
      "/api/v2/alerts?filter=alertname%3DWatchdog",
    );
    assert.match(alerts, /"beat":/);
    await lab().nodes.startProgram(program);
    await lab().heartbeat.nextPing(300_000);
  });

  it("reports within two intervals that Alertmanager has stopped", async () => {
    const program = { program: "alertmanager", node: master } as const;
    const took = await untilTold(() => lab().nodes.stopProgram(program));
    assert.ok(took <= 2 * INTERVAL_MS, `${took} ms`);
    await lab().nodes.startProgram(program);
    await lab().heartbeat.nextPing(300_000);
  });

  it("reports that Slack refuses messages within two intervals after the first refused message", async () => {
    const { slack, nodes, heartbeat } = lab();
    await settle(urls(), say);
    slack.answer("invalid_token");
    await nodes.stopProgram({ program: "node_exporter", node: firstWorker });
    const refused = await slack.nextMessage(({ taken }) => !taken, 300_000, slack.messages.length);
    const { toldAt } = await heartbeat.gap(BOUND_MS, 10 * INTERVAL_MS);
    const took = toldAt - Date.parse(refused.receivedAt);
    say(`told after ${(took / 1000).toFixed(1)} s`);
    assert.ok(took <= 2 * INTERVAL_MS, `${took} ms`);
    const alerts = await new PrometheusApi(urls().prometheus, urls().access).alerts();
    const failing = alerts.filter(({ labels }) => labels.alertname === "NotificationsFailing");
    assert.deepEqual(
      failing.map(({ state, labels: { integration, reason } }) => ({ state, integration, reason })),
      [{ state: "firing", integration: "slack", reason: "authError" }],
    );
  });

  it("lets both alerts reach Slack when Slack accepts messages again", async () => {
    const { slack, nodes } = lab();
    const from = slack.messages.length;
    slack.answer("ok");
    for (const alert of ["InstanceDown", "NotificationsFailing"])
      await slack.nextMessage(
        ({ payload, taken }) => taken && readSlackPayload(payload).title.includes(alert),
        300_000,
        from,
      );
    await nodes.startProgram({ program: "node_exporter", node: firstWorker });
  });
}
