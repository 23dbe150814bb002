import pc from "picocolors";
import { z } from "zod";

const attachment = z.looseObject({
  title: z.string().optional(),
  title_link: z.string().optional(),
  text: z.string().optional(),
  fallback: z.string().optional(),
  pretext: z.string().optional(),
  color: z.string().optional(),
  fields: z.array(z.looseObject({ title: z.string(), value: z.string() })).optional(),
  actions: z.array(z.looseObject({ text: z.string().optional(), url: z.string().optional() })).optional(),
});
const payloadSchema = z.looseObject({
  channel: z.string().optional(),
  username: z.string().optional(),
  text: z.string().optional(),
  attachments: z.array(attachment).optional(),
});

/** What a reader of the channel sees of a message. */
export interface ReadableMessage {
  readonly channel: string;
  readonly title: string;
  readonly link?: string;
  readonly color?: string;
  /** The body, line by line. */
  readonly lines: readonly string[];
}

/** Reads a payload as it was posted to an incoming webhook. Throws a sentence if it is none. */
export function readSlackPayload(payload: unknown): ReadableMessage {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) {
    throw new Error(`What was posted to Slack is no message: ${z.prettifyError(parsed.error)}`);
  }
  const { channel, text, attachments = [] } = parsed.data;
  const first = attachments[0];
  const lines: string[] = [];
  for (const part of attachments) {
    lines.push(...splitLines(part.pretext), ...splitLines(part.text));
    lines.push(...(part.fields ?? []).map((field) => `${field.title}: ${field.value}`));
    lines.push(...(part.actions ?? []).map((action) => `[${action.text ?? "link"}] ${action.url ?? ""}`.trimEnd()));
  }
  return {
    channel: channel ?? "(the webhook's own)",
    title: first?.title ?? first?.fallback ?? splitLines(text)[0] ?? "(no title)",
    link: first?.title_link,
    color: first?.color,
    lines: [...splitLines(attachments.length === 0 ? undefined : text), ...lines],
  };
}

/** The message as a box of plain characters; the link of its title is dim, where there are colours. */
export function drawSlackMessage(receivedAt: string, message: ReadableMessage, width = 100): string {
  const head = `${message.channel}  ${receivedAt.slice(11, 19)} UTC`;
  const rows = (line: string) => wrap(line, width - 4).map((part) => part.padEnd(width - 4));
  const link = message.link === undefined ? [] : rows(message.link).map((row) => pc.dim(row));
  const body = [...rows(message.title), ...link, ...message.lines.flatMap(rows)];
  return [
    `┌─ ${head} ${"─".repeat(Math.max(width - head.length - 5, 0))}┐`,
    ...body.map((row) => `│ ${row} │`),
    `└${"─".repeat(width - 2)}┘`,
  ].join("\n");
}

function splitLines(text: string | undefined): string[] {
  return text === undefined || text.trim() === "" ? [] : text.trim().split("\n");
}

/** Breaks a line at spaces; a word that is longer than the line is cut. */
export function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
