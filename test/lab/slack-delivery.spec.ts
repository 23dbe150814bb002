import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findPrograms } from "../../lab/programs/find";
import { mentionsIn } from "../../lab/slack/markup";
import { cuts, sizeRefusal } from "../../lab/slack/payload-limits";
import { type Slack, startSlack } from "../../lab/slack/start";
import { readSlackPayload } from "../../lab/slack-message";
import { type PostedAlert, postAlerts, type Started, startAlertmanager, WEBHOOK } from "../support/lab/plain-pipeline";

/** The parts of Alertmanager's request to Slack that these tests check. */
interface Payload {
  readonly channel?: string;
  readonly link_names?: boolean;
  readonly attachments: readonly Readonly<Record<string, unknown>>[];
}

describe("a message that Alertmanager sends to Slack", function () {
  let directory: string;
  let slack: Slack;
  let alertmanager: Started;

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    const programs = await findPrograms(["alertmanager"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "slack-delivery-"));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    alertmanager = await startAlertmanager({
      programs,
      directory: path.join(directory, "alertmanager"),
      values: { alerts: { groupWait: "1s", groupInterval: "1s" } },
      webhookUrl: slack.origin + WEBHOOK,
    });
  });
  after(async () => {
    await alertmanager?.child.stop();
    await slack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const generatorURL = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1";
  function alert(alertname: string, instance: string, more: Partial<PostedAlert> = {}): PostedAlert {
    const annotations = {
      summary: `${instance} is down`,
      description: `${instance} does not answer.`,
      runbook_url: "https://runbooks.example/Down.md",
      ...more.annotations,
    };
    const labels = { alertname, instance, cluster: "lab", environment: "dev", severity: "critical", ...more.labels };
    const whole = {
      startsAt: new Date(Date.now() - 125_000).toISOString(),
      generatorURL,
      ...more,
      labels,
      annotations,
    };
    return whole;
  }

  /** The first message with this title, beginning at this index of Slack's messages. */
  async function message(title: string, from = 0) {
    const arrived = await slack.nextMessage(({ payload }) => readSlackPayload(payload).title === title, 300_000, from);
    const payload = arrived.payload as Payload;
    assert.deepEqual([arrived.answered, arrived.taken], [200, true]);
    assert.equal(sizeRefusal(payload), undefined);
    assert.deepEqual(cuts(payload), []);
    assert.equal(payload.attachments.length, 1);
    assert.equal("link_names" in payload, false, "names in labels would become mentions");
    for (const value of Object.values(payload.attachments[0]!)) assert.deepEqual(mentionsIn(String(value)), []);
    return { payload, read: readSlackPayload(payload), attachment: payload.attachments[0]! };
  }

  it("shows one alert in the channel, with links to Alertmanager and Prometheus", async () => {
    await postAlerts(alertmanager, [alert("OneDown", "10.0.2.11:9100")]);
    const { payload, read, attachment } = await message("[FIRING] OneDown · dev");
    assert.equal(payload.channel, "#monitoring");
    assert.equal(attachment.color, "danger");
    assert.deepEqual(attachment.mrkdwn_in, ["text"]);
    assert.equal(attachment.footer, "critical · cluster lab");
    assert.equal(attachment.fallback, "[FIRING] OneDown · dev: 10.0.2.11:9100 is down");
    assert.deepEqual(read.lines.slice(0, 3), [
      "10.0.2.11:9100 is down",
      "10.0.2.11:9100 does not answer.",
      "Runbook · Graph · Silence",
    ]);
    const [runbook, graph, silence] = read.links.map(({ url }) => url);
    assert.deepEqual([runbook, graph], ["https://runbooks.example/Down.md", generatorURL]);
    const { port } = new URL(alertmanager.origin);
    for (const link of [silence ?? "", read.link ?? ""]) assert.equal(new URL(link).port, port, link);
    assert.match(decodeURIComponent(silence ?? ""), /\/#\/silences\/new\?filter=\{alertname="OneDown",.*\}$/);
  });

  it("lists resolved alerts beside firing ones, and says at the end how long the alerts lasted", async () => {
    const [a, b] = [alert("TwoDown", "10.0.2.11:9100"), alert("TwoDown", "10.0.2.12:9100")];
    const over = (one: PostedAlert) => ({ ...one, endsAt: new Date().toISOString() });
    await postAlerts(alertmanager, [a, b]);
    const both = await message("[FIRING:2] TwoDown · dev");
    assert.equal(both.read.lines.filter((line) => line.startsWith("• ")).length, 2);
    // Alertmanager sends a group at once if its alerts are old, so the first message may contain only one of the two.
    const told = slack.messages.length;
    await postAlerts(alertmanager, [over(b)]);
    const mixed = await message("[FIRING] TwoDown · dev", told);
    assert.equal(mixed.attachment.color, "danger");
    assert.equal(mixed.read.lines[1], "1 firing", mixed.read.lines.join("\n"));
    assert.equal(mixed.read.lines[3], "1 resolved", mixed.read.lines.join("\n"));
    assert.match(mixed.read.lines.at(-1) ?? "", /^• 10\.0\.2\.12:9100 lasted 2m \d+s$/);
    await postAlerts(alertmanager, [over(a)]);
    const resolved = await message("[RESOLVED] TwoDown · dev");
    assert.equal(resolved.attachment.color, "good");
    assert.match(resolved.read.lines.at(-1) ?? "", /^It lasted 2m \d+s, from/);
    assert.deepEqual(
      resolved.read.links.map(({ text }) => text),
      ["Runbook", "Graph"],
    );
  });

  it("is accepted by Slack, is shown completely, and mentions nobody, whatever labels contain", async () => {
    const hostile = '<!channel> <@U123> <https://evil.example|Silence> "\\ {{ .Nothing }} ``` @here\n& é 😀 %s';
    const huge = "<!channel>&".repeat(10_000);
    for (const [alertname, text] of [
      ["Hostile", hostile],
      ["Huge", huge],
    ] as const) {
      const labels = { node: text, pod: text };
      const annotations = { summary: text, description: text, runbook_url: text };
      const alerts = Array.from({ length: 12 }, (_, at) => alert(alertname, `${at} ${text}`, { labels, annotations }));
      await postAlerts(alertmanager, alerts);
      const { read } = await message(`[FIRING:12] ${alertname} · dev`);
      assert.equal(read.lines.at(-1), "and 2 more");
      assert.deepEqual(
        read.links.map(({ text }) => text),
        ["Graph", alertname === "Huge" ? "Silence (check its matchers)" : "Silence"],
      );
    }
  });

  it("is marked if it is about a drill", async () => {
    await postAlerts(alertmanager, [alert("AlertingDrill", "x", { labels: { drill: "true", severity: "info" } })]);
    const { read, attachment } = await message("[DRILL] [FIRING] AlertingDrill · dev");
    assert.equal(read.lines[0], "This is a drill: nothing is wrong.");
    assert.equal(attachment.color, "#439FE0");
  });
});
