import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withCredentialFiles } from "../../alertmanager/credentials";
import type { AlertmanagerConfig } from "../../alertmanager/config";
import { alertmanagerConfig, messageTemplates } from "../../values/alertmanager-config";
import { type Labels, routesFor } from "../support/alertmanager-answers";
import { canary, configuration, lines, type Values } from "../support/settings";
import { withProgram } from "../support/lab/with-program";

const secrets = ["alerting:slackWebhookUrl", "alerting:heartbeatUrl", "alerting:credentials"];
const url = "https://beats.example/ping";
const quietHours = { from: "22:00", to: "07:00", timeZone: "Asia/Seoul", weekends: true };
const channels = [
  { channel: "#payments", credential: "payments", team: "payments" },
  { channel: "#odd", credential: "odd", team: 'a "b"\\c', severity: ["warning", "info"] },
  { channel: "#pager", credential: "pager", severity: "critical" },
];
const credentials = { payments: canary, odd: canary, pager: canary, genie: "x" };
const slack = { channels, httpProxy: "http://proxy.example:3128" };
const heartbeat = { interval: "10s", authorization: { type: "GenieKey", credential: "genie" } };
const own = {
  receivers: [{ name: "on-call", webhook_configs: [{ url: "http://on-call.example/" }] }],
  routes: [{ receiver: "on-call", matchers: ['severity="critical"'], continue: true }],
};

/** Settings by the title of the test: one variant for each setting that changes the routes. */
const variants: Readonly<Record<string, Values>> = {
  default: {},
  "with channels": { slack, credentials },
  "with a heartbeat": { heartbeatUrl: url },
  "with quiet hours": { alerts: { quietHours } },
  "with custom routes": { alertmanager: own },
  "with everything": { slack, credentials, heartbeat, heartbeatUrl: url, alerts: { quietHours }, alertmanager: own },
};

const drill = { alertname: "AlertingDrill", drill: "true", severity: "info" };
const watchdog = { alertname: "Watchdog", severity: "none", beat: "7" };
const teams = [{}, ...["payments", 'a "b"\\c', "other"].map((team) => ({ team }))];
const labelSets: readonly Labels[] = [
  drill,
  watchdog,
  { alertname: "NodeInhibitor", severity: "none", node: "worker-1" },
  ...["slack", "webhook"].map((integration) => ({
    ...{ alertname: "NotificationsFailing", severity: "critical" },
    integration,
  })),
  ...["critical", "warning", "info", "none", ""].flatMap((severity) =>
    teams.map((team) => ({ alertname: "InstanceDown", severity, ...team })),
  ),
];

describe("the generated routes, checked by amtool", function () {
  let directory: string;
  const amtool = withProgram("amtool");

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "alert-routes-"));
    await writeFile(path.join(directory, "slack.tmpl"), messageTemplates()["slack.tmpl"]!);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  function built(values: Values): AlertmanagerConfig {
    const read = configuration(values, { isSecret: (key) => secrets.includes(key) });
    assert.deepEqual(lines(read.faults), []);
    const config = alertmanagerConfig(read.settings);
    return withCredentialFiles({ ...config, templates: [path.join(directory, "*.tmpl")] });
  }

  async function written(name: string, config: AlertmanagerConfig): Promise<string> {
    const file = path.join(directory, `${name.replaceAll(/\W/g, "-")}.json`);
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  async function run(...args: string[]): Promise<string> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    return (await execa(amtool(), args)).stdout;
  }

  /** The receivers to which amtool sends an alert. */
  async function receiversOf(file: string, labels: Labels): Promise<string[]> {
    const set = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return (await run("config", "routes", "test", `--config.file=${file}`, ...set)).trim().split(",");
  }

  for (const [name, values] of Object.entries(variants)) {
    it(`are accepted by Alertmanager: ${name}`, async () => {
      assert.match(await run("check-config", await written(name, built(values))), /SUCCESS/);
    });

    it(`lead every severity and team to the receivers that the program computes: ${name}`, async () => {
      const config = built(values);
      const file = await written(name, config);
      for (const labels of labelSets) {
        const expected = routesFor(config, labels).map(({ receiver }) => receiver);
        assert.deepEqual(await receiversOf(file, labels), expected, JSON.stringify(labels));
      }
    });

    it(`never send the Watchdog to Slack, and send a drill to the default channel: ${name}`, async () => {
      const file = await written(name, built(values));
      const beat = "heartbeatUrl" in values ? "heartbeat" : "nowhere";
      assert.deepEqual(await receiversOf(file, watchdog), [beat]);
      assert.deepEqual(await receiversOf(file, drill), ["slack"]);
    });

    it(`send each alert about failed notifications to the default channel exactly once: ${name}`, async () => {
      const file = await written(name, built(values));
      const receivers = await receiversOf(file, { alertname: "NotificationsFailing", severity: "critical" });
      assert.equal(receivers.filter((one) => one === "slack").length, 1, receivers.join());
      assert.equal(receivers[0], "slack");
    });
  }
});
