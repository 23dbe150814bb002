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

  const post = async (body: string, path = WEBHOOK): Promise<[number, string]> => {
    const answer = await fetch(slack.origin + path, { method: "POST", body });
    return [answer.status, await answer.text()];
  };
  const hello = JSON.stringify({ channel: "#monitoring", attachments: [{ title: "Hello" }] });

  it("takes a message, keeps it, and says ok", async () => {
    const arriving = slack.nextMessage((message) => JSON.stringify(message.payload) === hello, 5_000);
    assert.deepEqual(await post(hello), [200, "ok"]);
    const message = await arriving;
    assert.deepEqual([message.path, message.answered], [WEBHOOK, 200]);
    assert.deepEqual(slack.messages.at(-1), message);
    const lines = (await readFile(join(directory, "slack.jsonl"), "utf8")).trim().split("\n");
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ""), message);
  });

  for (const [what, body, wanted] of [
    ["text that is no JSON", "hello", [400, "invalid_payload"]],
    ["a list", "[]", [400, "invalid_payload"]],
    ["a message that says nothing", '{"channel":"#monitoring","attachments":[]}', [400, "no_text"]],
    ["text alone", '{"text":"Hello"}', [200, "ok"]],
    ["a form", `payload=${encodeURIComponent('{"text":"Hello"}')}`, [200, "ok"]],
  ] as const) {
    it(`answers ${what} with ${wanted.join(" ")}`, async () => assert.deepEqual(await post(body), wanted));
  }

  it("knows no other path", async () => {
    assert.deepEqual(await post(hello, "/services/T000"), [404, "no_service"]);
  });

  for (const [mode, wanted] of [
    ["invalid_token", [403, "invalid_token"]],
    ["no_service", [404, "no_service"]],
    ["rate_limited", [429, "rate_limited"]],
    ["server_error", [500, "rollup_error"]],
  ] as const satisfies [AnswerMode, unknown][]) {
    it(`fails as ${mode} when it is set to`, async () => {
      slack.answer(mode);
      assert.deepEqual(await post(hello), wanted);
      assert.equal(slack.messages.at(-1)?.answered, wanted[0]);
    });
  }

  it("says how many other messages came while one was waited for", async () => {
    await assert.rejects(
      slack.nextMessage(() => false, 10),
      new RegExp(`did not come within 0.01 s; ${slack.messages.length} others came`),
    );
  });
});
