import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSlack, type AnswerMode, type Slack } from "../../lab/slack/start";

const WEBHOOK = "/services/T000/B000/example";

describe("the lab's Slack", () => {
  let directory: string;
  let slack: Slack;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "slack-"));
    slack = await startSlack({ logFile: join(directory, "slack.jsonl") });
  });
  after(async () => {
    await slack.stop();
    await rm(directory, { recursive: true });
  });
  afterEach(() => slack.answer("ok"));

  const send = (body: string, path = WEBHOOK, more: RequestInit = {}): Promise<Response> =>
    fetch(slack.origin + path, { method: "POST", body, ...more });
  const post = async (body: string, path = WEBHOOK): Promise<[number, string]> => {
    const answer = await send(body, path);
    return [answer.status, await answer.text()];
  };
  const hello = JSON.stringify({ channel: "#monitoring", attachments: [{ title: "Hello" }] });

  it("accepts a message, keeps it, and answers `ok`", async () => {
    const arriving = slack.nextMessage((message) => JSON.stringify(message.payload) === hello, 5_000);
    assert.deepEqual(await post(hello), [200, "ok"]);
    const message = await arriving;
    assert.deepEqual([message.path, message.answered, message.taken], [WEBHOOK, 200, true]);
    assert.deepEqual(slack.messages.at(-1), message);
    const lines = (await readFile(join(directory, "slack.jsonl"), "utf8")).trim().split("\n");
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ""), message);
  });

  for (const [what, body, wanted] of [
    ["text that is not JSON", "hello", [400, "invalid_payload"]],
    ["a list", "[]", [400, "invalid_payload"]],
    ["a message without content", '{"channel":"#monitoring","attachments":[]}', [400, "no_text"]],
    ["an attachment with empty strings", '{"attachments":[{"title":"","text":" "}]}', [400, "no_text"]],
    ["a plain text message", '{"text":"Hello"}', [200, "ok"]],
    ["a form", `payload=${encodeURIComponent('{"text":"Hello"}')}`, [200, "ok"]],
  ] as const) {
    it(`answers ${what} with ${wanted.join(" ")}`, async () => assert.deepEqual(await post(body), wanted));
  }

  it("answers 404 to any other path", async () => {
    assert.deepEqual(await post(hello, "/services/T000"), [404, "no_service"]);
  });

  for (const [mode, wanted] of [
    ["invalid_token", [403, "invalid_token"]],
    ["no_service", [404, "no_service"]],
    ["channel_is_archived", [410, "channel_is_archived"]],
    ["rate_limited", [429, "rate_limited"]],
    ["server_error", [500, "rollup_error"]],
    ["other_text", [200, "posting_to_general_channel_denied"]],
  ] as const satisfies [AnswerMode, unknown][]) {
    it(`fails with ${mode} if a test asks for it`, async () => {
      slack.answer(mode);
      assert.deepEqual(await post(hello), wanted);
      assert.deepEqual([slack.messages.at(-1)?.answered, slack.messages.at(-1)?.taken], [wanted[0], false]);
    });
  }

  it("answers 429 with the number of seconds to wait before the message is sent again, as Slack does", async () => {
    slack.answer("rate_limited");
    assert.equal((await send(hello)).headers.get("retry-after"), "1");
  });

  it("redirects to a page whose answer has a success status but is not `ok`", async () => {
    slack.answer("redirect");
    const answer = await send(hello);
    assert.deepEqual([answer.redirected, answer.status], [true, 200]);
    assert.notEqual(await answer.text(), "ok");
    assert.equal(slack.messages.at(-1)?.answered, 302);
  });

  it("breaks the connection if a test asks for it", async () => {
    slack.answer("reset");
    await assert.rejects(post(hello));
    assert.deepEqual([slack.messages.at(-1)?.answered, slack.messages.at(-1)?.taken], [0, false]);
  });

  it("hangs until the sender gives up, if a test asks for it", async () => {
    slack.answer("hang");
    const sender = new AbortController();
    const before = slack.messages.length;
    const sending = send(hello, WEBHOOK, { signal: sender.signal });
    await slack.nextMessage(() => true, 5_000, before);
    sender.abort();
    await assert.rejects(sending, { name: "AbortError" });
  });

  it("fails for the configured number of messages, then accepts messages again", async () => {
    slack.answer("server_error", { times: 2 });
    assert.deepEqual([(await post(hello))[0], (await post(hello))[0], (await post(hello))[0]], [500, 500, 200]);
  });

  it("fails for one webhook while another webhook's channel accepts messages", async () => {
    const other = "/services/T000/B001/other";
    slack.answer("channel_is_archived", { path: other });
    assert.deepEqual([(await post(hello, other))[0], (await post(hello))[0]], [410, 200]);
    slack.answer("ok");
    assert.equal((await post(hello, other))[0], 200);
  });

  it("fails for one process, whatever the webhook is, while it accepts the messages of others", async () => {
    let sender: number | undefined;
    slack.answer("server_error", { sender: () => sender });
    assert.equal((await post(hello))[0], 200);
    sender = process.pid;
    assert.equal((await post(hello))[0], 500);
    sender = process.ppid;
    assert.equal((await post(hello))[0], 200);
    sender = process.pid;
    slack.answer("ok");
    assert.equal((await post(hello))[0], 200);
  });

  it("reports that no message arrived for some time, or that messages still arrive", async () => {
    await slack.quiet(20, 1_000);
    await post(hello);
    await assert.rejects(slack.quiet(1_000, 20), /still comes at least every 1 s after 0.02 s/);
  });

  it("reports how many other messages arrived while it waited for one", async () => {
    await assert.rejects(
      slack.nextMessage(() => false, 10),
      new RegExp(`did not come within 0.01 s; ${slack.messages.length} others came`),
    );
  });
});
