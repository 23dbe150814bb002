import * as assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prometheusValues } from "../../values/prometheus-values";
import { findPrograms, type Programs } from "../../lab/programs/find";
import { getText } from "../../lab/web";
import { settings } from "../support/settings";
import { type Started, startPrometheus } from "../support/lab/plain-pipeline";

/** How long an alert stays active in Alertmanager without an update. Then Alertmanager reports it as resolved. */
const promiseMs = 240_000;
const rule = { alert: "GoesOn", expr: "vector(1)", for: "1m", labels: { severity: "critical" } };

describe("a restarted Prometheus", function () {
  let directory: string;
  let programs: Programs;
  let prometheus: Started | undefined;

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    programs = await findPrograms(["prometheus"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "prometheus-restart-"));
  });
  after(async () => {
    await prometheus?.child.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function start(): Promise<Started> {
    const values = { alerts: { evaluationInterval: "5s" } };
    const grace = prometheusValues(settings(values)).server.extraArgs["rules.alert.for-grace-period"];
    return startPrometheus({
      ...{ programs, directory, values, scrapeConfigs: [] },
      rules: [{ name: "Own", rules: [rule] }],
      args: [`--rules.alert.for-grace-period=${grace}`],
    });
  }

  /** How long it takes until the alert fires. */
  async function untilFiring({ origin }: Started, patienceMs: number): Promise<number> {
    const began = Date.now();
    while (Date.now() - began < patienceMs) {
      const { data } = JSON.parse(await getText(`${origin}/api/v1/alerts`)) as {
        data: { alerts: { labels: { alertname: string }; state: string }[] };
      };
      if (data.alerts.some(({ labels, state }) => labels.alertname === rule.alert && state === "firing"))
        return Date.now() - began;
      await sleep(500);
    }
    throw new Error(`${rule.alert} did not fire within ${patienceMs / 1000} s`);
  }

  it("continues a firing alert without waiting for the alert's `for` again, so that no resolution is sent", async () => {
    prometheus = await start();
    // The alert's `for`, plus the time between evaluations.
    assert.ok((await untilFiring(prometheus, 300_000)) > 50_000);
    // One more evaluation records that the alert fires.
    await sleep(6_000);
    await prometheus.child.stop();
    prometheus = await start();
    const again = await untilFiring(prometheus, promiseMs);
    assert.ok(again < 40_000, `fired again after ${again / 1000} s`);
  });
});
