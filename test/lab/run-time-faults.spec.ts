import * as assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { findPrograms } from "../../lab/programs/find";
import { type Slack, type SlackMessage, startSlack } from "../../lab/slack/start";
import { type ReadableMessage, readSlackPayload } from "../../lab/slack-message";
import { samplesOf, startAlertmanager, type Started, startPrometheus, WEBHOOK } from "../support/lab/plain-pipeline";
import { until } from "../support/until";

/** Rules whose failures a check of the file cannot predict, because they depend on the current metrics. */
const rules = [
  {
    name: "OwnRules",
    rules: [
      {
        alert: "AnnotationFails",
        expr: "vector(1)",
        annotations: { description: '{{ (query "no_such_metric" | first).Value }} of them.' },
      },
      { alert: "TitleFails", expr: "vector(1)" },
      { alert: "EvaluationFails", expr: "up * on () up" },
    ],
  },
];
const values = {
  alerts: { scrapeInterval: "1s", evaluationInterval: "1s", groupWait: "1s", groupInterval: "2s" },
  rules: { alerts: { PrometheusRuleFailures: { for: "1s" }, PrometheusTextsFail: { for: "1s" } } },
  alertmanager: {
    receivers: [
      {
        name: "own",
        slack_configs: [
          { channel: "#own", title: "{{ (index .Alerts 9).Labels.instance }}", text: "Something is wrong." },
        ],
      },
    ],
    routes: [{ receiver: "own", matchers: ['alertname="TitleFails"'] }],
  },
};

describe("the alerting, if rules or templates fail only at run time", function () {
  let directory: string;
  let slack: Slack;
  let alertmanager: Started;
  let prometheus: Started;
  const stops: (() => Promise<unknown>)[] = [];

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    const programs = await findPrograms(["prometheus", "alertmanager"], (line) =>
      process.stderr.write(`    ${line}\n`),
    );
    directory = await mkdtemp(path.join(tmpdir(), "run-time-faults-"));
    stops.push(() => rm(directory, { recursive: true, force: true }));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    stops.unshift(() => slack.stop());
    alertmanager = await startAlertmanager({
      programs,
      directory: path.join(directory, "alertmanager"),
      webhookUrl: slack.origin + WEBHOOK,
      values,
    });
    stops.unshift(() => alertmanager.child.stop());
    const host = new URL(alertmanager.origin).host;
    prometheus = await startPrometheus({
      programs,
      directory: path.join(directory, "prometheus"),
      values,
      alertmanager: alertmanager.origin,
      rules,
      // As in the cluster, except that the interval there is 30 s.
      args: ["--config.auto-reload", "--config.auto-reload-interval=1s"],
      scrapeConfigs: [
        { job_name: "alertmanager", static_configs: [{ targets: [host] }] },
        (self) => ({ job_name: "prometheus", static_configs: [{ targets: [self] }] }),
      ],
    });
    stops.unshift(() => prometheus.child.stop());
  });
  after(async () => {
    for (const stop of stops) await stop();
  });

  const about = (alert: string, andTaken = true): Promise<SlackMessage> =>
    slack.nextMessage(
      ({ payload, taken }) => taken === andTaken && readSlackPayload(payload).title.includes(alert),
      300_000,
    );
  const readable = async (message: Promise<SlackMessage>): Promise<ReadableMessage> =>
    readSlackPayload((await message).payload);

  it("sends an alert whose annotation fails, with the error in the annotation", async () => {
    const { lines } = await readable(about("AnnotationFails"));
    assert.match(lines.join("\n"), /error expanding template/);
  });

  it("raises a separate alert about a failing annotation", async () => {
    const { lines } = await readable(about("PrometheusTextsFail"));
    assert.match(lines.join("\n"), /have an error in place of the text/);
  });

  it("raises a separate alert about a failing expression, with the name of the rule group", async () => {
    const { lines } = await readable(about("PrometheusRuleFailures"));
    assert.match(lines.join("\n"), /OwnRules/);
    const failures = await samplesOf(prometheus, "prometheus_rule_evaluation_failures_total");
    const failing = Object.entries(failures).filter(([, count]) => count > 0);
    assert.equal(failing.length, 1);
    assert.match(failing[0]?.[0] ?? "", /OwnRules/);
  });

  it("raises a separate alert about a failing Slack template, because Slack refuses the empty message", async () => {
    await slack.nextMessage(({ answered, payload }) => answered === 400 && isEmpty(payload), 300_000);
    const { lines } = await readable(about("NotificationsFailing"));
    assert.match(lines.join("\n"), /clientError/);
  });

  it("does not load rules with a syntax error, and keeps the error if the old text is restored, because it is not read again", async () => {
    const file = path.join(directory, "prometheus", "rules.yml");
    const whole = await readFile(file, "utf8");
    const successful = "prometheus_config_last_reload_successful";
    await writeFile(file, "groups: [{ name: Broken, rules: [{ alert: Broken, expr: 'up ==' }] }]");
    await until("Prometheus has refused the file", async () => (await samplesOf(prometheus, successful))[""] === 0);
    await writeFile(file, whole);
    // Long enough for three checks of the file.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    assert.deepEqual(await samplesOf(prometheus, successful), { "": 0 });
    await writeFile(file, `${whole}\n`);
    await until("Prometheus has read the file", async () => (await samplesOf(prometheus, successful))[""] === 1);
  });

  it("continues to evaluate the other rules", async () => {
    await about("AnnotationFails");
    assert.ok(prometheus.child.running && alertmanager.child.running);
  });
});

function isEmpty(payload: unknown): boolean {
  const { attachments } = payload as { attachments: { title?: string; text?: string }[] };
  return attachments.every(({ title = "", text = "" }) => title === "" && text === "");
}
