import assert from "node:assert/strict";
import { calledBy, definedIn } from "../../../alertmanager/templates";
import { judgeReceiverTexts } from "../../../prometheus/parsers/parsers";
import { messageTemplates } from "../../../values/alertmanager-config";
import { slackMessage } from "../../../values/slack-message";
import { mentionsIn, spansOf } from "../../../lab/slack/markup";
import { cuts, folded, limits, sizeRefusal } from "../../../lab/slack/payload-limits";
import { drawSlackMessage, readSlackPayload } from "../../../lab/slack-message";

describe("the file with the message template", () => {
  const file = messageTemplates()["slack.tmpl"] ?? "";
  const defined = definedIn(file);
  const fields = Object.values(slackMessage()).filter((field) => typeof field === "string");
  const named = fields.flatMap((field) => calledBy(field) ?? []);

  it("is accepted by Alertmanager with all templates that the receivers name, and can render every message", () => {
    const texts = fields.map((text) => ({ text, html: false }));
    assert.deepEqual(judgeReceiverTexts({ "slack.tmpl": file }, texts), { files: {}, texts: texts.map(() => "") });
    assert.ok(named.length >= 6);
    for (const name of named) assert.ok(defined.includes(name), name);
  });

  it("defines only templates that are used, and each name once", () => {
    const within = [...file.matchAll(/\{\{-?\s*template "([^"]+)"/g)].map(([, name]) => name!);
    const used = new Set([...named, ...within]);
    assert.deepEqual(
      defined.filter((name) => !used.has(name)),
      [],
    );
    assert.equal(new Set(defined).size, defined.length);
  });

  it("does not turn label values into mentions: link_names is off, and only the text has markup", () => {
    assert.equal("link_names" in slackMessage(), false);
    assert.deepEqual(slackMessage().mrkdwn_in, ["text"]);
  });
});

describe("Slack's markup", () => {
  it("has links, code and bold, and three escaped characters", () => {
    assert.deepEqual(spansOf("a &lt;b&gt; <https://x.example/?a=1&amp;b=2|Graph> `c &amp;` *d e*"), [
      { kind: "plain", text: "a <b> " },
      { kind: "link", text: "Graph", url: "https://x.example/?a=1&b=2" },
      { kind: "plain", text: " " },
      { kind: "code", text: "c &" },
      { kind: "plain", text: " " },
      { kind: "bold", text: "d e" },
    ]);
    assert.deepEqual(spansOf("2*3*4 &amp;lt;"), [{ kind: "plain", text: "2*3*4 &lt;" }]);
  });

  it("shows mentions in a message, but not escaped ones", () => {
    assert.deepEqual(mentionsIn("<!channel> <@U1> <https://x.example|y>"), ["<!channel>", "<@U1>"]);
    assert.deepEqual(spansOf("<!channel>"), [{ kind: "bold", text: "@channel" }]);
    assert.deepEqual(mentionsIn("&lt;!channel&gt; @channel"), []);
  });
});

describe("Slack's limits", () => {
  it("refuse too many attachments and blocks", () => {
    const list = (length: number) => Array.from({ length }, () => ({}));
    assert.equal(sizeRefusal({ attachments: list(limits.attachments) }), undefined);
    assert.equal(sizeRefusal({ attachments: list(limits.attachments + 1) }), "too_many_attachments");
    assert.equal(sizeRefusal({ blocks: list(limits.blocks + 1) }), "invalid_blocks");
    assert.equal(sizeRefusal({}), undefined);
  });

  it("cut long descriptions, counted in characters instead of bytes", () => {
    assert.deepEqual(cuts({ text: "x", attachments: [{ text: "😀".repeat(8_000), footer: "x".repeat(300) }] }), []);
    assert.deepEqual(cuts({ attachments: [{}, { text: "x".repeat(8_001) }] }), [
      "attachments[1].text has 8001 characters, and Slack shows 8000.",
    ]);
  });

  it("collapse long descriptions", () => {
    assert.deepEqual(
      [folded("a\nb\nc\nd\ne\n"), folded("a\nb\nc\nd\ne\nf"), folded("x".repeat(700))],
      [false, true, true],
    );
  });
});

describe("a message as the lab displays it", () => {
  it("has no markup, shows its links separately, and shortens long links", () => {
    const url = `http://alertmanager.example/#/silences/new?filter=${"x".repeat(200)}`;
    const text = `a &amp; *b* \`c\`\n<${url}|Silence>`;
    const message = readSlackPayload({ attachments: [{ title: "t", text, footer: "critical" }] });
    assert.deepEqual(message.lines, ["a & b c", "Silence"]);
    assert.deepEqual(message.links, [{ text: "Silence", url }]);
    assert.equal(message.footer, "critical");
    const rows = drawSlackMessage("2026-01-01T12:34:56.000Z", message, 60).split("\n");
    assert.ok(rows.some((row) => row.includes("Silence: http://") && row.includes("…")));
    assert.ok(rows.some((row) => row.includes("critical")));
  });
});
