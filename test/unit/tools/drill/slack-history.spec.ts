import * as assert from "node:assert/strict";
import * as http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readLiveConfiguration } from "../../../../tools/drill/live-configuration";
import { findMessage, slackReader, slackReaders } from "../../../../tools/drill/slack-history";

const token = "xoxb-a-token-that-nobody-may-see";
const never = new AbortController().signal;

describe("a drill's search in the Slack channel", () => {
  let server: http.Server;
  let origin: string;
  let asked: { path: string; authorization?: string }[];
  let answers: Record<string, unknown>;
  beforeEach(async () => {
    asked = [];
    answers = {
      "/conversations.list": { ok: true, channels: [{ id: "C01234567", name: "monitoring" }] },
      "/conversations.history": { ok: true, messages: [] },
    };
    server = http.createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://slack");
      asked.push({ path: request.url ?? "", authorization: request.headers.authorization });
      response.end(JSON.stringify(answers[url.pathname] ?? { ok: false, error: "unknown_method" }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const reader = (channel = "#monitoring") =>
    slackReader({ SLACK_BOT_TOKEN: token, SLACK_API_URL: origin }, { given: channel })!;
  const wanted = { id: "drill-1", word: "FIRING", since: Date.parse("2026-01-01T00:00:00Z") };
  const find = (channel?: string) =>
    findMessage(reader(channel), wanted, { patienceMs: 100, pollMs: 20, signal: never });
  const message = (ts: string, title: string, text: string) => ({ ts, attachments: [{ title, text }] });

  it("happens only if a token is set", () => {
    assert.equal(slackReader({}, { ofStack: "#monitoring" }), undefined);
    assert.equal(slackReader({ SLACK_BOT_TOKEN: "" }, { ofStack: "#monitoring" }), undefined);
    assert.equal(slackReader({ SLACK_BOT_TOKEN: token }, {}), undefined);
  });

  it("uses the channel of the command line, otherwise of the environment, otherwise of the stack", () => {
    const environment = { SLACK_BOT_TOKEN: token, SLACK_CHANNEL: "C09999999" };
    const stack = { ofStack: "#monitoring" };
    assert.equal(slackReader(environment, { given: "#drills", ...stack })?.channel, "#drills");
    assert.equal(slackReader(environment, stack)?.channel, "C09999999");
    assert.equal(slackReader({ SLACK_BOT_TOKEN: token, SLACK_CHANNEL: "" }, stack)?.channel, "#monitoring");
  });

  it("looks for another receiver's message in that receiver's channel, and never in the default channel", () => {
    const environment = { SLACK_BOT_TOKEN: token, SLACK_CHANNEL: "C09999999" };
    const configuration = readLiveConfiguration(`
route: { receiver: slack }
receivers:
  - { name: slack, slack_configs: [{ channel: "#monitoring" }] }
  - { name: slack-payments, slack_configs: [{ channel: "#payments" }] }
  - { name: by-label, slack_configs: [{ channel: "#{{ .CommonLabels.team }}" }] }
  - { name: ops, webhook_configs: [{}] }`);
    const channelOf = (name: string, given?: string) =>
      slackReaders(environment, { given, ofStack: "#monitoring" }, configuration)([name])?.channel;
    assert.equal(channelOf("slack"), "C09999999");
    assert.equal(channelOf("slack-payments"), "#payments");
    assert.equal(channelOf("by-label"), undefined);
    assert.equal(channelOf("ops"), undefined);
    assert.equal(channelOf("by-label", "#team"), "#team");
  });

  for (const bad of [`${token}\nx`, `${token} x`, `${token}\u2026`, `${token}\u00e9`]) {
    it(`reports ${JSON.stringify(bad.slice(token.length))} in a token without printing the token, and does not send it`, async () => {
      const given = slackReader({ SLACK_BOT_TOKEN: bad, SLACK_API_URL: origin }, { ofStack: "#monitoring" })!;
      const { why } = await findMessage(given, wanted, { patienceMs: 100, pollMs: 20, signal: never });
      assert.match(why ?? "", /SLACK_BOT_TOKEN contains white space or a character/);
      assert.ok(!why?.includes(token), why);
      assert.deepEqual(asked, []);
    });
  }

  it("accepts a token with a trailing line break", async () => {
    const given = slackReader({ SLACK_BOT_TOKEN: `${token}\n`, SLACK_API_URL: origin }, { ofStack: "C01234567" })!;
    await findMessage(given, wanted, { patienceMs: 50, pollMs: 20, signal: never });
    assert.equal(asked[0]?.authorization, `Bearer ${token}`);
  });

  it("finds the message by the drill's id and the state (firing or resolved), and returns Slack's timestamp", async () => {
    answers["/conversations.history"] = {
      ok: true,
      messages: [
        message("1767225610.000100", "[DRILL] [RESOLVED] AlertingDrill", "Drill drill-1"),
        message("1767225600.000200", "[DRILL] [FIRING] AlertingDrill", "Drill drill-2"),
        message("1767225601.500000", "[DRILL] [FIRING] AlertingDrill", "Drill drill-1"),
      ],
    };
    assert.deepEqual(await find(), { at: 1767225601500 });
    assert.match(asked.at(-1)!.path, /channel=C01234567&oldest=1767225540/);
  });

  it("sends the token in a header, never in a URL", async () => {
    await find();
    assert.ok(asked.every(({ authorization, path }) => authorization === `Bearer ${token}` && !path.includes(token)));
  });

  it("does not list channels if it has a channel id", async () => {
    await find("C01234567");
    assert.ok(asked.every(({ path }) => path.startsWith("/conversations.history")));
  });

  for (const [name, change, why] of [
    ["the message is missing", {}, /no message with drill-1 is in #monitoring: does the webhook post to another/],
    [
      "the bot cannot see the channel",
      { "/conversations.list": { ok: true, channels: [] } },
      /cannot see a channel #mon/,
    ],
    ["a scope is missing", { "/conversations.history": { ok: false, error: "missing_scope" } }, /lacks a scope: chan/],
    ["the token is not valid", { "/conversations.list": { ok: false, error: "invalid_auth" } }, /not a valid token/],
    [
      "the answer does not come from Slack",
      { "/conversations.list": { hello: 1 } },
      /read: http\S+ does not answer as Slack's API does\.$/,
    ],
  ] as const) {
    it(`says so if ${name}, and never prints the token`, async () => {
      Object.assign(answers, change);
      const { at, why: said } = await find();
      assert.equal(at, undefined);
      assert.match(said ?? "", why);
      assert.ok(!said?.includes(token));
    });
  }
});
