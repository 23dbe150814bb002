import { colors } from "../tools/shared/colors";
import { z } from "zod";
import { spansOf, unescaped } from "./slack/markup";

const attachment = z.looseObject({
  title: z.string().optional(),
  title_link: z.string().optional(),
  text: z.string().optional(),
  fallback: z.string().optional(),
  pretext: z.string().optional(),
  color: z.string().optional(),
  footer: z.string().optional(),
  fields: z.array(z.looseObject({ title: z.string(), value: z.string() })).optional(),
  actions: z.array(z.looseObject({ text: z.string().optional(), url: z.string().optional() })).optional(),
});
const payloadSchema = z.looseObject({
  channel: z.string().optional(),
  username: z.string().optional(),
  text: z.string().optional(),
  attachments: z.array(attachment).optional(),
});

/** A message as a reader of the channel sees it. */
export interface ReadableMessage {
  readonly channel: string;
  readonly title: string;
  readonly link?: string;
  readonly color?: string;
  /** The lines of the body as a reader sees them, without markup. */
  readonly lines: readonly string[];
  /** The same lines with markup, as they were sent. */
  readonly markup: readonly string[];
  /** The links in the body: their text and URL. */
  readonly links: readonly { readonly text: string; readonly url: string }[];
  readonly footer?: string;
}

/**
 * Whether a reader of the channel ever sees the message. Slack rejects a message without text, with which the preflight
 * tests a webhook.
 */
export function isVisibleInChannel({ payload }: { readonly payload: unknown }): boolean {
  const parsed = payloadSchema.safeParse(payload);
  return !parsed.success || parsed.data.text !== undefined || parsed.data.attachments !== undefined;
}

/**
 * Parses a payload that was posted to an incoming webhook. Throws an error with a message for users if the payload is
 * not a message.
 */
export function readSlackPayload(payload: unknown): ReadableMessage {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) {
    throw new Error(`The payload posted to Slack is not a message: ${z.prettifyError(parsed.error)}`);
  }
  const { channel, text, attachments = [] } = parsed.data;
  const first = attachments[0];
  const markup = [...splitLines(attachments.length === 0 ? undefined : text)];
  for (const part of attachments) {
    markup.push(...splitLines(part.pretext), ...splitLines(part.text));
    markup.push(...(part.fields ?? []).map((field) => `${field.title}: ${field.value}`));
    markup.push(...(part.actions ?? []).map((action) => `[${action.text ?? "link"}] ${action.url ?? ""}`.trimEnd()));
  }
  const spans = markup.map(spansOf);
  return {
    channel: channel ?? "(the webhook's own)",
    title: unescaped(first?.title ?? first?.fallback ?? splitLines(text)[0] ?? "(no title)"),
    link: first?.title_link,
    color: first?.color,
    lines: spans.map((line) => line.map((span) => span.text).join("")),
    markup,
    links: spans.flat().flatMap((span) => (span.url === undefined ? [] : [{ text: span.text, url: span.url }])),
    ...(first?.footer && { footer: unescaped(first.footer) }),
  };
}

/**
 * The lines about alerts that fire, and those about resolved ones. A message about a group has both kinds if a part of
 * the group still fires; its title has only the state of the whole group.
 */
export function linesByState({ title, lines }: ReadableMessage): { firing: string[]; resolved: string[] } {
  const byState = { firing: [] as string[], resolved: [] as string[] };
  let state: keyof typeof byState = title.includes("[RESOLVED") ? "resolved" : "firing";
  for (const line of lines) {
    const heading = /^\d+ (firing|resolved)$/.exec(line)?.[1];
    if (heading === undefined) byState[state].push(line);
    else state = heading as keyof typeof byState;
  }
  return byState;
}

/** Whether a payload reports that a target, such as `10.0.1.10:9100`, is down. */
export function reportsDown(payload: unknown, target: string): boolean {
  const message = readSlackPayload(payload);
  return message.title.includes("InstanceDown") && linesByState(message).firing.some((line) => line.includes(target));
}

/**
 * Draws the message as a box of plain characters. Links and footer are dim if colors are on. Links in the body are cut
 * at the edge of the box, because the link to a silence form is so long that it would fill the box.
 */
export function drawSlackMessage(receivedAt: string, message: ReadableMessage, width = 80): string {
  const head = `${message.channel}  ${receivedAt.slice(11, 19)} UTC`;
  const rows = (line: string) => wrap(line, width - 4).map((part) => part.padEnd(width - 4));
  const link = message.link === undefined ? [] : rows(message.link).map((row) => colors.dim(row));
  const links = message.links.map(({ text, url }) => colors.dim(cutTo(`${text}: ${url}`, width - 4)));
  const footer = message.footer === undefined ? [] : rows(message.footer).map((row) => colors.dim(row));
  const body = [...rows(message.title), ...link, ...message.lines.flatMap(rows), ...links, ...footer];
  return [
    `┌─ ${head} ${"─".repeat(Math.max(width - head.length - 5, 0))}┐`,
    ...body.map((row) => `│ ${row} │`),
    `└${"─".repeat(width - 2)}┘`,
  ].join("\n");
}

function splitLines(text: string | undefined): string[] {
  return text === undefined || text.trim() === "" ? [] : text.trim().split("\n");
}

function cutTo(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** Breaks a line at spaces; cuts a word that is longer than the line. */
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
