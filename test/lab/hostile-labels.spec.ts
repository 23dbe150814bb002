import * as assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { findPrograms } from "../../lab/programs/find";
import { getText } from "../../lab/web";
import { mentionsIn } from "../../lab/slack/markup";
import { cuts } from "../../lab/slack/payload-limits";
import { type Slack, type SlackMessage, startSlack } from "../../lab/slack/start";
import { readSlackPayload } from "../../lab/slack-message";
import { startAlertmanager, type Started, startPrometheus, WEBHOOK } from "../support/lab/plain-pipeline";

/**
 * Label values that could do harm. Prometheus accepts any string, and software that you do not control may write
 * labels.
 */
const hostile: Readonly<Record<string, string>> = {
  quotes: `"double" 'single' \`back\` \\ \\" \\n`,
  newlines: "one\ntwo\r\nthree\u2028four",
  template: '{{ .Status }} {{ template "alerting.slack.text" . }} {{ query "up" }} {{',
  mentions: "<!channel> <!here> <@U012AB3CD> <!subteam^S012AB3CD> <https://elsewhere.example|Runbook>",
  markup: "*bold* _italic_ ~gone~ & &lt;!channel&gt; > quoted",
  scripts: "日本語 ünïcödé 🔥 \u202Ereversed \u0000nul",
};
const huge = "x".repeat(100_000);

describe("hostile labels on their way from Prometheus through Alertmanager to Slack", function () {
  let directory: string;
  let slack: Slack;
  let alertmanager: Started;
  let prometheus: Started;
  const stops: (() => Promise<unknown>)[] = [];
  let message: SlackMessage;

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    const programs = await findPrograms(["prometheus", "alertmanager"], (line) =>
      process.stderr.write(`    ${line}\n`),
    );
    directory = await mkdtemp(path.join(tmpdir(), "hostile-labels-"));
    stops.push(() => rm(directory, { recursive: true, force: true }));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    stops.unshift(() => slack.stop());
    const values = {
      alerts: {
        scrapeInterval: "1s",
        evaluationInterval: "1s",
        instanceDownFor: "1s",
        groupWait: "2s",
        groupInterval: "5s",
      },
      // All targets here are down; one message about the job would replace the messages about its targets.
      rules: { alerts: { JobDown: { enabled: false } } },
    };
    alertmanager = await startAlertmanager({
      programs,
      directory: path.join(directory, "alertmanager"),
      webhookUrl: slack.origin + WEBHOOK,
      values,
    });
    stops.unshift(() => alertmanager.child.stop());
    const targets = [...Object.entries(hostile), ["huge", huge] as const].map(([name, text]) => ({
      // Nothing listens on this port.
      targets: ["127.0.0.1:1"],
      labels: { instance: `${name} ${text}`, pod: text, namespace: text, node: text },
    }));
    prometheus = await startPrometheus({
      programs,
      directory: path.join(directory, "prometheus"),
      values,
      alertmanager: alertmanager.origin,
      scrapeConfigs: [{ job_name: "hostile", static_configs: targets }],
    });
    stops.unshift(() => prometheus.child.stop());
    const all = `[FIRING:${targets.length}]`;
    message = await slack.nextMessage(({ payload }) => readSlackPayload(payload).title.includes(all), 300_000);
  });
  after(async () => {
    for (const stop of stops) await stop();
  });

  const texts = (): string => {
    const { title, lines, link } = readSlackPayload(message.payload);
    return [title, link, ...lines].join("\n");
  };

  it("reach Alertmanager unchanged", async () => {
    const answer = await getText(`${alertmanager.origin}/api/v2/alerts?filter=alertname%3DInstanceDown`);
    const pods = (JSON.parse(answer) as { labels: Record<string, string> }[]).map(({ labels }) => labels.pod);
    assert.deepEqual(pods.sort(), [...Object.values(hostile), huge].sort());
  });

  it("do not prevent the delivery of the message to the channel", () => {
    assert.ok(message.taken);
  });

  it("mention nobody", () => {
    assert.deepEqual(mentionsIn(JSON.stringify(message.payload)), []);
  });

  it("add no links to the message", () => {
    assert.doesNotMatch(JSON.stringify(message.payload), /<https:\/\/elsewhere\.example/);
  });

  it("are not evaluated as templates", () => {
    assert.ok(texts().includes("{{ .Status }}"), texts());
  });

  it("do not make the message so long that Slack would truncate it", () => {
    assert.deepEqual(cuts(message.payload as Record<string, unknown>), []);
  });

  it("cause no failed rule evaluation and no failed notification", async () => {
    const failures = /^(prometheus_rule_evaluation_failures_total|alertmanager_notifications_failed_total)\S* (?!0$)/m;
    assert.doesNotMatch(await getText(`${prometheus.origin}/metrics`), failures);
    assert.doesNotMatch(await getText(`${alertmanager.origin}/metrics`), failures);
  });
});
