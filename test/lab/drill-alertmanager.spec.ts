import * as assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AlertmanagerApi } from "../../tools/drill/alertmanager-api";
import type { DrillReport } from "../../tools/drill/report";
import { freePort } from "../../lab/processes/ports";
import { findPrograms } from "../../lab/programs/find";
import { type Slack, startSlack } from "../../lab/slack/start";
import { readSlackPayload } from "../../lab/slack-message";
import { runDrillCommand } from "../support/drill-command";
import { postAlerts, type Started, startAlertmanager, WEBHOOK } from "../support/lab/plain-pipeline";

/** The webhook of an additional channel. */
const PAYMENTS = "/services/T000/B000/payments";

describe("the drill on a real Alertmanager", function () {
  let directory: string;
  let slack: Slack;
  let alertmanager: Started;

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    const programs = await findPrograms(["alertmanager"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "drill-"));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    alertmanager = await startAlertmanager({
      programs,
      directory: path.join(directory, "alertmanager"),
      values: {
        alerts: { groupWait: "2s", groupInterval: "3s" },
        slack: { channels: [{ channel: "#payments", credential: "payments", team: "payments" }] },
        alertmanager: {
          receivers: [{ name: "ops", webhook_configs: [{ url: `${slack.origin}/services/T000/B000/ops` }] }],
          routes: [{ receiver: "ops", matchers: ['team="ops"'] }],
        },
      },
      webhookUrl: slack.origin + WEBHOOK,
      credentials: { payments: slack.origin + PAYMENTS },
    });
  });
  beforeEach(() => slack.answer("ok"));
  after(async () => {
    await alertmanager?.child.stop();
    await slack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const run = (name: string, ...further: string[]) =>
    runDrillCommand([
      ...["--alertmanager", alertmanager.origin, "--out", path.join(directory, name)],
      ...["--json", path.join(directory, `${name}.json`), ...further],
    ]);
  const report = async (name: string) =>
    JSON.parse(await readFile(path.join(directory, `${name}.json`), "utf8")) as DrillReport;
  const alertsLeft = async () => (await new AlertmanagerApi(alertmanager.origin).alerts({ drill: "true" })).length;

  it("delivers an alert and its resolution, reports each stage, and draws the messages", async () => {
    const { code, output } = await run("good").ended;
    assert.equal(code, 0, output);
    const { id, stages, outcome, receivers, proof } = await report("good");
    assert.equal(outcome, "delivered");
    assert.deepEqual(receivers, ["slack"]);
    assert.deepEqual(
      stages.map(({ name }) => name),
      [
        "Alertmanager has the alert",
        "group wait",
        "Slack answers, firing",
        "group interval",
        "Slack answers, resolved",
      ],
    );
    assert.ok(stages.every(({ verdict }) => verdict === "ok"));
    const wait = stages[1]!;
    assert.ok(wait.to! - wait.from > 1.5 && wait.to! - wait.from < 3, "the group waits its 2 s");
    assert.match(proof[0]!, /1 notification was due, one was sent, and the answer was ok/);
    const told = slack.messages.filter(({ payload }) => JSON.stringify(payload).includes(id));
    assert.deepEqual(
      told.map(({ payload }) => readSlackPayload(payload).title),
      ["[DRILL] [FIRING] AlertingDrill", "[DRILL] [RESOLVED] AlertingDrill"],
    );
    assert.match(JSON.stringify(told[0]!.payload), /This is a drill .* nothing is wrong/);
    for (const file of ["timeline.svg", "timeline.png"]) await readFile(path.join(directory, "good", file));
    assert.equal(await alertsLeft(), 0);
    assert.match(output, /Unproven {2}slack-payments \(slack\), ops \(webhook\): see --receiver/);
    assert.match(output, /Delivered, and in time, to slack\. Exit code 0\./);
  });

  it("tests an additional channel through its route, and names the receivers that were not tested", async () => {
    const before = slack.messages.length;
    const { code, output } = await run("payments", "--receiver", "slack-payments").ended;
    assert.equal(code, 0, output);
    const { receivers, unproven, id } = await report("payments");
    assert.deepEqual(receivers, ["slack-payments"]);
    assert.deepEqual(unproven, ["slack (slack)", "ops (webhook)"]);
    const told = slack.messages.slice(before);
    assert.deepEqual([...new Set(told.map((message) => message.path))], [PAYMENTS]);
    assert.deepEqual(
      told.map(({ payload }) => readSlackPayload(payload).title.replace(/ ·.*/, "")),
      ["[DRILL] [FIRING] AlertingRouteDrill", "[DRILL] [RESOLVED] AlertingRouteDrill"],
    );
    assert.match(JSON.stringify(told[0]!.payload), new RegExp(id));
  });

  it("raises an alert with the given labels, and follows it to every receiver", async () => {
    const { code, output } = await run("labels", "--label", "team=ops", "--label", "severity=warning").ended;
    // The lab's Slack refuses bodies that are not valid Slack messages.
    assert.equal(code, 1, output);
    const { receivers, failures } = await report("labels");
    assert.deepEqual(receivers, ["ops"]);
    assert.match(failures.join(), /the webhook receiver refuses the request \(4xx\)/);
    assert.doesNotMatch(failures.join(), /slackWebhookUrl/);
    assert.equal(await alertsLeft(), 0);
  });

  it("drills every receiver, and reports the one that fails, even if another receiver of the same kind works", async () => {
    slack.answer("invalid_token", { path: PAYMENTS });
    const { code, output } = await run("every", "--every-receiver").ended;
    assert.equal(code, 1, output);
    const { receivers, unproven, failures, stages } = await report("every");
    assert.deepEqual(receivers, ["slack", "slack-payments", "ops"]);
    assert.deepEqual(unproven, ["slack-payments (slack)", "ops (webhook)"]);
    assert.match(failures.join("\n"), /^slack-payments: Slack refuses .* --path alerting:credentials\.payments/m);
    assert.deepEqual(
      stages.filter(({ name }) => /^slack: Slack answers/.test(name)).map(({ verdict }) => verdict),
      ["ok", "ok"],
    );
    assert.equal(await alertsLeft(), 0);
  });

  it("does not confuse a channel's failed message with another channel's message at the same time", async () => {
    slack.answer("invalid_token", { path: PAYMENTS });
    const drill = run("beside", "--receiver", "slack-payments");
    await drill.said(/the message is due in 2 s/);
    await postAlerts(alertmanager, [{ labels: { alertname: "Other", cluster: "lab", severity: "critical" } }]);
    const { code, output } = await drill.ended;
    assert.equal(code, 1, output);
    assert.match((await report("beside")).failures.join(), /Slack refuses the webhook/);
  });

  it("refuses a receiver that Alertmanager does not have, before it raises an alert", async () => {
    const before = slack.messages.length;
    const { code, output } = await run("unknown", "--receiver", "slack-paiments").ended;
    assert.equal(code, 2, output);
    assert.match(output, /--receiver got "slack-paiments", which Alertmanager does not have\. It has slack-payments,/);
    assert.equal(slack.messages.length, before);
  });

  it("explains that Slack refuses the webhook, names the command that rotates it, and leaves no alert", async () => {
    slack.answer("invalid_token");
    const { code, output } = await run("refused").ended;
    assert.equal(code, 1, output);
    const { outcome, failures, stages } = await report("refused");
    assert.equal(outcome, "failed");
    assert.match(
      failures.join(),
      /refuses the webhook \(401 or 403\).*pulumi config set --secret alerting:slackWebhookUrl/,
    );
    assert.equal(stages.at(-1)?.verdict, "failed");
    assert.equal(await alertsLeft(), 0);
  });

  it("reports a removed channel differently from a failure of Slack", async () => {
    slack.answer("no_service");
    assert.equal((await run("gone").ended).code, 1);
    assert.match((await report("gone")).failures.join(), /4xx.*is gone/);
  });

  it("reports that a silence mutes its alert, and does not wait for a message", async () => {
    const now = Date.now();
    const matchers = [{ name: "drill", value: "true", isRegex: false, isEqual: true }];
    const [startsAt, endsAt] = [new Date(now).toISOString(), new Date(now + 600_000).toISOString()];
    const answer = await fetch(`${alertmanager.origin}/api/v2/silences`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchers, startsAt, endsAt, createdBy: "a test", comment: "quiet" }),
    });
    const { silenceID } = (await answer.json()) as { silenceID: string };
    try {
      assert.equal((await run("silenced").ended).code, 1);
      assert.match((await report("silenced")).failures.join(), new RegExp(`a silence mutes it \\(${silenceID}\\)`));
    } finally {
      await fetch(`${alertmanager.origin}/api/v2/silence/${silenceID}`, { method: "DELETE" });
    }
  });

  it("counts messages about other alerts separately, except for a message that is also about its own alert", async () => {
    const drill = run("busy");
    await drill.said(/the message is due in 2 s/);
    const alert = (alertname: string) => ({ labels: { alertname, cluster: "lab", severity: "critical" } });
    await postAlerts(alertmanager, [alert("OneDown"), alert("TwoDown")]);
    const { code, output } = await drill.ended;
    assert.equal(code, 0, output);
    assert.equal((await report("busy")).outcome, "delivered");
  });

  it("resolves its alert at Ctrl-C, reports this, and exits with the code 130", async () => {
    const drill = run("interrupted");
    await drill.said(/Alertmanager has the alert;/);
    assert.equal(await alertsLeft(), 1);
    drill.interrupt();
    const { code, output } = await drill.ended;
    assert.equal(code, 130, output);
    assert.match(output, /SIGINT: resolving the drill's alert.*\n.*The drill's alert is resolved/);
    assert.equal(await alertsLeft(), 0);
  });

  it("resolves its alert also at SIGTERM, which a canceled CI job receives", async () => {
    const drill = run("terminated");
    await drill.said(/Alertmanager has the alert;/);
    drill.interrupt("SIGTERM");
    assert.equal((await drill.ended).code, 130);
    assert.equal(await alertsLeft(), 0);
  });

  it("refuses to start while another drill is running, and does not disturb it", async () => {
    const labels = { alertname: "AlertingDrill", drill: "true", drill_id: "drill-of-somebody", severity: "info" };
    await postAlerts(alertmanager, [{ labels }]);
    assert.equal((await run("second").ended).code, 1);
    assert.match((await report("second")).failures.join(), /another drill is running \(drill-of-somebody, until/);
    assert.equal(await alertsLeft(), 1);
    await postAlerts(alertmanager, [{ labels, endsAt: new Date(Date.now() - 1).toISOString() }]);
  });

  it("reports an address that does not answer, and suggests other options", async () => {
    const { code, output } = await runDrillCommand(["--alertmanager", `http://127.0.0.1:${await freePort()}`]).ended;
    assert.equal(code, 1);
    assert.match(output, /NOT delivered: http:\/\/127\.0\.0\.1:\d+\/-\/ready does not answer: .*ECONNREFUSED/);
    assert.doesNotMatch(output, /at .*\.ts:\d/);
  });
});
