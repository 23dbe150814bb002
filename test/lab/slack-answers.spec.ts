import * as assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { findPrograms, type Programs } from "../../lab/programs/find";
import { type AnswerMode, type Slack, startSlack } from "../../lab/slack/start";
import {
  type PostedAlert,
  postAlerts,
  samplesOf,
  startAlertmanager,
  type Started,
  WEBHOOK,
} from "../support/lab/plain-pipeline";

/** After this time, or after the group interval if that is longer, Alertmanager gives up on a message. */
const PATIENCE_S = 10;
const TIMES = { groupWait: "1s", groupInterval: "5s" };

/** What happened to an alert's message while Slack gave one kind of answer, and after Slack recovered. */
interface Outcome {
  /** The number of attempts until Alertmanager counted the message as failed. */
  readonly attempts: number;
  /** The failure counters above zero, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  readonly failedRequests: number;
  /** The time between Slack's recovery and the message in the channel. */
  readonly secondsToDelivery: number;
  /** The number of messages in the channel at the end. */
  readonly taken: number;
}

describe("Alertmanager, if Slack does not accept a message", function () {
  let directory: string;
  let programs: Programs;
  const stops: (() => Promise<unknown>)[] = [];
  const outcomes = new Map<AnswerMode, Outcome>();
  let burst: { readonly attempts: number; readonly failed: Readonly<Record<string, number>> };
  let cameAndWent: {
    readonly attempts: number;
    readonly taken: number;
    readonly failed: Readonly<Record<string, number>>;
  };
  let pathAfterRotation: string;

  const failures: readonly [mode: AnswerMode, what: string, reason: string, retried: boolean][] = [
    ["invalid_token", "403 invalid_token", "authError", false],
    ["no_service", "404 no_service", "clientError", false],
    ["channel_is_archived", "410 channel_is_archived", "clientError", false],
    ["rate_limited", "429 with Retry-After", "rateLimited", false],
    ["other_text", "200 with a body other than ok", "clientError", false],
    ["redirect", "a redirect to a page", "clientError", false],
    ["server_error", "500", "serverError", true],
    ["hang", "a connection that hangs", "contextDeadlineExceeded", true],
    ["reset", "a connection that is reset", "other", true],
  ];

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    programs = await findPrograms(["alertmanager"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "slack-answers-"));
  });
  before("try all answers in parallel, because each one takes seconds", () =>
    Promise.all([
      ...failures.map(async ([mode]) => void outcomes.set(mode, await played(mode))),
      playBurst(),
      playComingAndGoing(),
      playRotation(),
    ]),
  );
  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await rm(directory, { recursive: true, force: true });
  });

  const alert = (more: Partial<PostedAlert> = {}): PostedAlert => ({
    labels: { alertname: "InstanceDown", instance: "10.0.2.11:9100", severity: "critical", cluster: "lab" },
    annotations: { description: "10.0.2.11:9100 does not answer." },
    ...more,
  });

  async function pair(name: string): Promise<{ slack: Slack; alertmanager: Started }> {
    const own = path.join(directory, name);
    const slack = await startSlack({ logFile: path.join(own, "slack.jsonl") });
    stops.push(() => slack.stop());
    const alertmanager = await startAlertmanager({
      programs,
      directory: own,
      webhookUrl: slack.origin + WEBHOOK,
      values: { alerts: TIMES },
    });
    stops.unshift(() => alertmanager.child.stop());
    return { slack, alertmanager };
  }

  async function failedByReason(alertmanager: Started): Promise<Record<string, number>> {
    const samples = await samplesOf(alertmanager, "alertmanager_notifications_failed_total");
    return Object.fromEntries(
      Object.entries(samples)
        .filter(([labels, value]) => labels.includes('integration="slack"') && value > 0)
        .map(([labels, value]) => [/reason="(\w+)"/.exec(labels)?.[1] ?? "", value]),
    );
  }

  /** Polls the metrics until a failed message is counted, because Alertmanager shows nowhere else that it gave up. */
  async function untilFailed(alertmanager: Started): Promise<Record<string, number>> {
    for (const deadline = Date.now() + 40_000; Date.now() < deadline;) {
      const failed = await failedByReason(alertmanager);
      if (Object.keys(failed).length > 0) return failed;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("Alertmanager counts no failed message.");
  }

  async function played(mode: AnswerMode): Promise<Outcome> {
    const { slack, alertmanager } = await pair(mode);
    slack.answer(mode);
    await postAlerts(alertmanager, [alert()]);
    const failed = await untilFailed(alertmanager);
    const attempts = slack.messages.length;
    const requests = await samplesOf(alertmanager, "alertmanager_notification_requests_failed_total");
    const recovered = Date.now();
    slack.answer("ok");
    const message = await slack.nextMessage(({ taken }) => taken, 300_000);
    // Alertmanager would send a duplicate when it next flushes the group.
    await slack.quiet(6_000, 300_000);
    return {
      attempts,
      failed,
      failedRequests: requests['integration="slack",receiver_name="slack"'] ?? NaN,
      secondsToDelivery: (Date.parse(message.receivedAt) - recovered) / 1000,
      taken: slack.messages.filter(({ taken }) => taken).length,
    };
  }

  async function playBurst(): Promise<void> {
    const { slack, alertmanager } = await pair("burst");
    slack.answer("server_error", { times: 3 });
    await postAlerts(alertmanager, [alert()]);
    await slack.nextMessage(({ taken }) => taken, 300_000);
    burst = { attempts: slack.messages.length, failed: await failedByReason(alertmanager) };
  }

  async function playComingAndGoing(): Promise<void> {
    const { slack, alertmanager } = await pair("came-and-went");
    slack.answer("invalid_token");
    const startsAt = new Date().toISOString();
    await postAlerts(alertmanager, [alert({ startsAt })]);
    await untilFailed(alertmanager);
    await postAlerts(alertmanager, [alert({ startsAt, endsAt: new Date().toISOString() })]);
    slack.answer("ok");
    // In this time Alertmanager flushes the group twice.
    await slack.quiet(11_000, 300_000);
    cameAndWent = {
      attempts: slack.messages.length,
      taken: slack.messages.filter(({ taken }) => taken).length,
      failed: await failedByReason(alertmanager),
    };
  }

  async function playRotation(): Promise<void> {
    const { slack, alertmanager } = await pair("rotated");
    slack.answer("no_service", { path: WEBHOOK });
    await postAlerts(alertmanager, [alert()]);
    await untilFailed(alertmanager);
    const file = path.join(directory, "rotated", "secrets", "webhook-url");
    await writeFile(file, `${slack.origin}/services/T000/B001/new`);
    pathAfterRotation = (await slack.nextMessage(({ taken }) => taken, 300_000)).path;
  }

  for (const [mode, what, reason, retried] of failures) {
    const outcome = (): Outcome => {
      const found = outcomes.get(mode);
      assert.ok(found);
      return found;
    };
    it(`counts a failed message with the reason ${reason} after ${what}`, () => {
      assert.deepEqual(outcome().failed, { [reason]: 1 });
      assert.ok(outcome().failedRequests >= 1);
    });

    it(`${retried ? "retries until it gives up on the message" : "gives up at once"} after ${what}`, () => {
      const { attempts } = outcome();
      // An attempt that hangs takes the whole time limit, and the next flush waits for the attempt.
      const expected = mode === "hang" ? attempts <= 2 : retried ? attempts > 3 : attempts === 1;
      assert.ok(expected, `${attempts} attempts`);
    });

    it(`delivers the message once, at the next flush after Slack recovers from ${what}`, () => {
      assert.equal(outcome().taken, 1);
      assert.ok(outcome().secondsToDelivery < PATIENCE_S + 1, `${outcome().secondsToDelivery} s`);
    });
  }

  it("survives a short burst of HTTP 500 answers with no failed message and one message in the channel", () => {
    assert.deepEqual(burst, { attempts: 4, failed: {} });
  });

  it("never reports an alert that started and ended while Slack refused messages, but counts every failed message", () => {
    assert.equal(cameAndWent.taken, 0);
    assert.deepEqual(cameAndWent.failed, { authError: cameAndWent.attempts });
  });

  it("switches to a new webhook without a restart, even while messages fail", () => {
    assert.equal(pathAfterRotation, "/services/T000/B001/new");
  });
});
