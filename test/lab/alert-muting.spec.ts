import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import type { AlertmanagerConfig } from "../../alertmanager/config";
import { alertmanagerConfig, messageTemplates } from "../../values/alertmanager-config";
import { heartbeatDirectory, heartbeatKey } from "../../values/heartbeat-receiver";
import { type AlertPair, alertPairs, isMuted } from "../../values/muting-table";
import { prometheusValues } from "../../values/prometheus-values";
import { webhookDirectory, webhookKey } from "../../values/slack-receivers";
import { type HeartbeatReceiver, startHeartbeatReceiver } from "../../lab/heartbeat/start";
import { startChild } from "../../lab/processes/child";
import { freePort, waitForHttp } from "../../lab/processes/ports";
import { findPrograms, programPath } from "../../lab/programs/find";
import { getText } from "../../lab/web";
import { type Slack, startSlack } from "../../lab/slack/start";
import { readSlackPayload } from "../../lab/slack-message";
import type { Labels } from "../support/alertmanager-answers";
import { settings } from "../support/settings";
import { postAlerts, type Started, WEBHOOK } from "../support/lab/plain-pipeline";
import { until } from "../support/until";

const cluster = { cluster: "lab", environment: "dev" };
const patience = 300_000;

describe("a real Alertmanager with the generated configuration", function () {
  let directory: string;
  let slack: Slack;
  let heartbeat: HeartbeatReceiver;
  let command: string;
  let config: AlertmanagerConfig;
  let alertmanager: Started;

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    const programs = await findPrograms(["alertmanager"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "alert-muting-"));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    heartbeat = await startHeartbeatReceiver();
    command = programPath(programs, "alertmanager");
    const quietHours = { from: clock(-2), to: clock(2), timeZone: "UTC" };
    const alerts = { groupWait: "2s", groupInterval: "2s", quietHours };
    const given = settings({ alerts, heartbeat: { interval: "5s" } });
    config = alertmanagerConfig({ ...given, heartbeatIsSet: true });
    alertmanager = await started(config, "alertmanager");
  });
  after(async () => {
    await alertmanager?.child.stop();
    await heartbeat?.stop();
    await slack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** The time of day, in UTC, after this number of hours from now. */
  const clock = (hours: number) => new Date(Date.now() + hours * 3600e3).toISOString().slice(11, 16);

  const dataOf = (name: string) => path.join(directory, `data-${name}`);

  /** Starts Alertmanager with the configuration, in which the paths are replaced with paths in a local directory. */
  async function started(what: AlertmanagerConfig, name: string): Promise<Started> {
    const files = {
      [path.join("/etc/alertmanager", "slack.tmpl")]: messageTemplates()["slack.tmpl"]!,
      [path.join(webhookDirectory, webhookKey)]: slack.origin + WEBHOOK,
      [path.join(heartbeatDirectory, heartbeatKey)]: heartbeat.url,
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), text, { mode: 0o600 });
    }
    const file = path.join(directory, `${name}.yml`);
    await writeFile(file, stringify(what).replaceAll("/etc/alertmanager", `${directory}/etc/alertmanager`));
    const port = await freePort();
    // The password of Alertmanager's pages does not matter here.
    const { extraArgs } = prometheusValues(settings()).alertmanager;
    const built = Object.entries(extraArgs).filter(([key]) => !key.startsWith("web."));
    const args = [`--config.file=${file}`, `--storage.path=${dataOf(name)}`];
    const child = startChild({
      name,
      command,
      args: [...args, ...built.map(([key, value]) => `--${key}=${value}`), `--web.listen-address=127.0.0.1:${port}`],
      logFile: path.join(directory, `${name}.log`),
    });
    const origin = `http://127.0.0.1:${port}`;
    await waitForHttp(`${origin}/-/ready`, { child, timeoutMs: patience });
    return { origin, child };
  }

  /** An alert as Prometheus sends it while it fires: its end is four minutes in the future. */
  const fires = (labels: Labels) => ({ labels, endsAt: new Date(Date.now() + 240_000).toISOString() });
  const isOver = (labels: Labels) => ({ labels, endsAt: new Date().toISOString() });
  const beat = (count: number): Labels => ({ ...cluster, alertname: "Watchdog", severity: "none", beat: `${count}` });

  it("sends exactly one heartbeat for each Watchdog alert", async () => {
    for (const count of [1, 2, 3]) {
      const ping = heartbeat.nextPing(patience);
      await postAlerts(alertmanager, [fires(beat(count)), ...(count > 1 ? [isOver(beat(count - 1))] : [])]);
      await ping;
      // Prometheus sends a firing alert again and again.
      await postAlerts(alertmanager, [fires(beat(count))]);
    }
    assert.equal(heartbeat.pings.length, 3);
  });

  it("sends the heartbeat service nothing once no new Watchdog alert arrives, although the last one still fires", async () => {
    const { lastPingAt } = await heartbeat.gap(6_000, patience);
    assert.equal(lastPingAt, heartbeat.pings.at(-1)!.at);
    assert.equal(heartbeat.pings.length, 3);
  });

  it("retries a heartbeat that the service refused, long before the next one is due", async () => {
    heartbeat.answer(404);
    const refused = heartbeat.pings.length;
    await postAlerts(alertmanager, [fires(beat(4)), isOver(beat(3))]);
    await untilFailed(1);
    heartbeat.answer(200);
    await heartbeat.nextPing(patience);
    assert.equal(heartbeat.pings.length, refused + 1);
  });

  it("withholds the heartbeat while Slack messages fail, and resumes when they succeed", async () => {
    const failing: Labels = {
      ...{ ...cluster, alertname: "NotificationsFailing", severity: "critical" },
      ...{ integration: "slack", reason: "clientError" },
    };
    await postAlerts(alertmanager, [fires(failing)]);
    await untilState(failing, "active");
    const before = heartbeat.pings.length;
    await postAlerts(alertmanager, [fires(beat(5)), isOver(beat(4))]);
    await untilState(beat(5), "suppressed");
    assert.equal(heartbeat.pings.length, before);
    const ping = heartbeat.nextPing(patience);
    await postAlerts(alertmanager, [isOver(failing)]);
    await ping;
  });

  it("sends one InstanceDown for a dead node with thirty pods, and reports that the node is not ready", async () => {
    const node = "worker-1";
    const down = { ...cluster, alertname: "InstanceDown", severity: "critical", node };
    const jobs = "kubernetes-nodes";
    const exporter = {
      ...{ ...down, job: "kubernetes-service-endpoints", instance: "10.0.2.11:9100" },
      app_kubernetes_io_name: "prometheus-node-exporter",
    };
    const notReady = { ...cluster, alertname: "NodeNotReady", severity: "critical", node };
    const twoSigns = { ...cluster, alertname: "NodeInhibitor", severity: "none", node };
    const muted: Labels[] = [
      { ...down, job: jobs, instance: node },
      { ...down, job: `${jobs}-cadvisor`, instance: node },
      ...Array.from({ length: 30 }, (_, at) => ({ ...down, job: "kubernetes-pods", instance: `10.1.0.${at}:80` })),
      { ...cluster, alertname: "PodCrashLooping", severity: "warning", namespace: "shop", pod: "a", node },
    ];
    const earlier = slack.messages.length;
    const messages = ["InstanceDown", "NodeNotReady"].map((name) =>
      slack.nextMessage(({ payload }) => readSlackPayload(payload).title.includes(name), patience),
    );
    await postAlerts(alertmanager, [...muted, exporter, notReady, twoSigns].map(fires));
    const titles = (await Promise.all(messages)).map(({ payload }) => readSlackPayload(payload).title);
    // The title of a grouped message contains a count.
    assert.match(titles[0]!, /^\[FIRING\].*InstanceDown/);
    for (const labels of muted) await untilState(labels, "suppressed");
    assert.equal(slack.messages.length, earlier + 2);
  });

  it("sends critical alerts and drills in quiet hours, but no warnings", async () => {
    const at = (alertname: string, severity: string, more: Labels = {}) => ({
      ...cluster,
      alertname,
      severity,
      ...more,
    });
    const earlier = slack.messages.length;
    const messages = ["Critical", "AlertingDrill"].map((name) =>
      slack.nextMessage(({ payload }) => readSlackPayload(payload).title.includes(name), patience),
    );
    const muted = [at("Warning", "warning"), at("Info", "info")];
    const told = [at("Critical", "critical"), at("AlertingDrill", "info", { drill: "true" })];
    await postAlerts(alertmanager, [...muted, ...told].map(fires));
    await Promise.all(messages);
    await until("two alerts are mute by the time of day", async () => (await suppressed("mute_time_interval")) >= 2);
    assert.equal(slack.messages.length, earlier + 2);
  });

  it("reports in Slack that an on-call service cannot be reached, even if a custom route sends it all critical alerts", async () => {
    const onCall = { name: "on-call", webhook_configs: [{ url: `http://127.0.0.1:${await freePort()}/` }] };
    const routes = [{ receiver: "on-call", matchers: ['severity="critical"'] }];
    const given = settings({ alerts: { groupWait: "2s" }, alertmanager: { receivers: [onCall], routes } });
    const own = await started(alertmanagerConfig(given), "on-call");
    try {
      const critical = { ...cluster, severity: "critical" };
      const told = slack.nextMessage(
        ({ payload }) => readSlackPayload(payload).title.includes("NotificationsFailing"),
        patience,
      );
      await postAlerts(own, [fires({ ...critical, alertname: "InstanceDown" })]);
      await until("the service on call is tried", async () =>
        /^alertmanager_notification_requests_failed_total\{integration="webhook".*\} [1-9]/m.test(
          await getText(`${own.origin}/metrics`),
        ),
      );
      await postAlerts(own, [fires({ ...critical, alertname: "NotificationsFailing", integration: "webhook" })]);
      assert.match(readSlackPayload((await told).payload).title, /^\[FIRING\]/);
    } finally {
      await own.child.stop();
    }
  });

  it("mutes exactly the pairs of built-in and custom alerts that docs/routing.md lists", async () => {
    // Each pair has its own `cluster` label, so that no pair mutes another. The only route sends nothing.
    const quiet = await started({ ...config, route: { receiver: "nowhere" } }, "pairs");
    try {
      const pairs = alertPairs().map((pair, at) => ({ ...pair, cluster: `pair-${at}` }));
      const of = (labels: Labels, at: string) => fires({ ...labels, cluster: at });
      for (let from = 0; from < pairs.length; from += 500) {
        const some = pairs.slice(from, from + 500);
        await postAlerts(
          quiet,
          some.flatMap((pair) => [of(pair.targetLabels, pair.cluster), of(pair.sourceLabels, pair.cluster)]),
        );
      }
      const expected = pairs.filter((pair) => isMuted(pair, config.inhibit_rules!)).map(titleOf);
      const seen = async () => {
        const shown = JSON.parse(await getText(`${quiet.origin}/api/v2/alerts`)) as Shown[];
        const suppressed = new Map(shown.map(({ labels, status }) => [keyOf(labels), status.state === "suppressed"]));
        assert.equal(suppressed.size, 2 * pairs.length);
        return pairs.filter((pair) => suppressed.get(keyOf({ ...pair.targetLabels, cluster: pair.cluster })) === true);
      };
      await until("every alert that is to be muted is", async () => (await seen()).length >= expected.length);
      assert.deepEqual((await seen()).map(titleOf), expected);
      assert.ok(expected.length >= 15);
    } finally {
      await quiet.child.stop();
    }
  });

  it("keeps a silence that was created ten seconds before Alertmanager was killed", async () => {
    const quiet: AlertmanagerConfig = { ...config, route: { receiver: "nowhere" } };
    const killed = await started(quiet, "killed");
    const matchers = [{ name: "node", value: "worker-1", isRegex: false, isEqual: true }];
    const [startsAt, endsAt] = [0, 3600e3].map((ms) => new Date(Date.now() + ms).toISOString());
    const made = await fetch(`${killed.origin}/api/v2/silences`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchers, startsAt, endsAt, createdBy: "ops", comment: "new kernel" }),
    });
    const { silenceID: id } = (await made.json()) as { silenceID: string };
    const isWritten = async () =>
      (await readFile(path.join(dataOf("killed"), "silences"), "utf8").catch(() => "")).includes(id);
    await until("the silence is on disk", isWritten, { seconds: 10 });
    process.kill(killed.child.pid, "SIGKILL");
    await killed.child.exited;
    const again = await started(quiet, "killed");
    try {
      const silence = JSON.parse(await getText(`${again.origin}/api/v2/silence/${id}`)) as {
        status: { state: string };
      };
      assert.equal(silence.status.state, "active");
    } finally {
      await again.child.stop();
    }
  });

  const titleOf = ({ source, target }: AlertPair) => `${source.title} mutes ${target.title}`;
  const keyOf = (labels: Labels) =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([, value]) => value !== "")
        .sort(),
    );

  async function suppressed(reason: string): Promise<number> {
    const text = await getText(`${alertmanager.origin}/metrics`);
    return Number(
      new RegExp(`^alertmanager_notifications_suppressed_total\\{reason="${reason}"\\} (\\d+)$`, "m").exec(text)?.[1],
    );
  }

  interface Shown {
    readonly labels: Labels;
    readonly status: { readonly state: "active" | "suppressed" | "unprocessed" };
  }

  async function untilState(labels: Labels, state: Shown["status"]["state"]): Promise<void> {
    const same = (one: Shown) => Object.entries(labels).every(([name, value]) => one.labels[name] === value);
    await until(`${JSON.stringify(labels)} is ${state}`, async () => {
      const shown = JSON.parse(await getText(`${alertmanager.origin}/api/v2/alerts`)) as Shown[];
      return shown.find(same)?.status.state === state;
    });
  }

  async function untilFailed(count: number): Promise<void> {
    await until("a request to the heartbeat's receiver failed", async () => {
      const text = await getText(`${alertmanager.origin}/metrics`);
      const samples = text.matchAll(/^alertmanager_notifications_failed_total\{integration="webhook".*\} (\d+)$/gm);
      return [...samples].reduce((sum, [, value]) => sum + Number(value), 0) >= count;
    });
  }
});
