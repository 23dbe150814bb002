import { readFile, writeFile } from "node:fs/promises";
import type { Report } from "./report";
import { type Span, spansOf } from "./slack/markup";
import { readSlackPayload, type ReadableMessage } from "./slack-message";
import { drawPng } from "../tools/drill/timeline/png";
import { fitting, textWidth } from "./text-width";

/** A payload as it was posted, and when it came. */
export interface PictureMessage {
  readonly payload: unknown;
  readonly receivedAt?: string;
}

const WIDTH = 760;
const LEFT = 64;
const TEXT = 15;
const LINE = 22;
/** What Slack paints for its own names of colours. */
const COLORS: Readonly<Record<string, string>> = { danger: "#a30200", warning: "#daa038", good: "#2eb886" };
const LOOKS: Readonly<Record<Span["kind"], string>> = {
  plain: "",
  bold: ' font-weight="bold"',
  code: ' font-family="Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13" fill="#c01343"',
  link: ' fill="#1264a3"',
};

/** Messages as a channel shows them, as an SVG that takes nothing from elsewhere. */
export function slackPicture(messages: readonly PictureMessage[]): string {
  const drawn: string[] = [];
  let y = 16;
  for (const { payload, receivedAt } of messages) {
    const message = drawMessage(readSlackPayload(payload), senderOf(payload), receivedAt, y);
    drawn.push(...message.elements);
    y = message.bottom + 20;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"` +
      ` font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="${TEXT}" fill="#1d1c1d">`,
    `<title>${escaped(messages.map(({ payload }) => readSlackPayload(payload).title).join("; "))}</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function drawMessage(message: ReadableMessage, sender: string, receivedAt: string | undefined, top: number) {
  const elements = [
    `<rect x="16" y="${top}" width="36" height="36" rx="6" fill="#e6522c"/>`,
    `<text x="34" y="${top + 25}" text-anchor="middle" font-size="20" font-weight="bold" fill="#ffffff">${escaped([...sender][0] ?? "?")}</text>`,
  ];
  const time = receivedAt === undefined ? "" : `  ${receivedAt.slice(11, 16)} UTC`;
  elements.push(
    `<text x="${LEFT}" y="${top + 14}"><tspan font-weight="bold">${escaped(sender)}</tspan>` +
      `<tspan dx="8" font-size="12" fill="#616061">APP${escaped(time)}  ${escaped(message.channel)}</tspan></text>`,
  );
  const x = LEFT + 16;
  const barTop = top + 26;
  let y = barTop + 16;
  const write = (spans: readonly Span[], attributes = "") => {
    for (const line of wrapped(spans, WIDTH - x - 16)) {
      const texts = line.map(({ kind, text }) => `<tspan${LOOKS[kind]}>${escaped(text)}</tspan>`);
      elements.push(`<text x="${x}" y="${y}" xml:space="preserve"${attributes}>${texts.join("")}</text>`);
      y += LINE;
    }
  };
  write([{ kind: message.link === undefined ? "bold" : "link", text: message.title }], ' font-weight="bold"');
  for (const line of message.markup) write(spansOf(line));
  if (message.footer !== undefined) {
    write([{ kind: "plain", text: message.footer }], ' font-size="12" fill="#616061"');
  }
  const bottom = y - LINE + 10;
  const color =
    COLORS[message.color ?? ""] ?? (/^#[0-9a-f]{6}$/i.test(message.color ?? "") ? message.color : "#dddddd");
  elements.push(`<rect x="${LEFT}" y="${barTop}" width="4" height="${bottom - barTop}" rx="2" fill="${color}"/>`);
  return { elements, bottom: Math.max(bottom, top + 36) };
}

/** Broken at spaces, and within words that are longer than a line. */
function wrapped(spans: readonly Span[], width: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  const add = (span: Span, text: string) => {
    const line = lines.at(-1)!;
    const last = line.at(-1);
    if (last?.kind === span.kind) line[line.length - 1] = { ...last, text: last.text + text };
    else line.push({ ...span, text });
    used += widthOf(span, text);
  };
  for (const span of spans) {
    for (let word of span.text.match(/\S+\s*|\s+/g) ?? []) {
      if (used > 0 && used + widthOf(span, word.trimEnd()) > width) {
        lines.push([]);
        used = 0;
      }
      while (widthOf(span, word.trimEnd()) > width) {
        const part = fitting(word, TEXT, width, span.kind === "code");
        add(span, part);
        lines.push([]);
        used = 0;
        word = word.slice(part.length);
      }
      add(span, word);
    }
  }
  return lines;
}

const widthOf = ({ kind }: Span, text: string) =>
  textWidth(text, kind === "code" ? 13 : TEXT, kind === "code") * (kind === "bold" ? 1.08 : 1);

function senderOf(payload: unknown): string {
  const { username } = payload as { readonly username?: unknown };
  return typeof username === "string" && username !== "" ? username : "Alertmanager";
}

/** As XML takes it; characters that XML has no way to write are left out. */
function escaped(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

/** The messages of a lab's run, with the times that its drill has for them. */
export function messagesOf(report: Pick<Report, "slack" | "drill">): PictureMessage[] {
  return (report.slack ?? []).map((payload) => {
    const event = readSlackPayload(payload).title.includes("[RESOLVED") ? "slack_resolved" : "slack_firing";
    return { payload, receivedAt: report.drill?.find((one) => one.event === event)?.at };
  });
}

async function main([from, to]: readonly string[]): Promise<void> {
  if (from === undefined || to === undefined || !/\.(svg|png)$/.test(to)) {
    throw new Error("Say what to draw and where to: npx tsx lab/slack-picture.ts <report.json> <out.svg or out.png>");
  }
  const messages = messagesOf(JSON.parse(await readFile(from, "utf8")) as Report);
  if (messages.length === 0) throw new Error(`The run of ${from} had no message in Slack.`);
  const svg = slackPicture(messages);
  await writeFile(to, to.endsWith(".png") ? await drawPng(svg) : svg);
  process.stdout.write(`${messages.length} messages drawn: ${to}\n`);
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
