/** A message as it is posted to an incoming webhook, as far as limits are about it. */
interface Payload {
  readonly text?: unknown;
  readonly attachments?: unknown;
  readonly blocks?: unknown;
}

/** What Slack allows; characters are Unicode code points. */
export const limits = {
  /** Beyond it, Slack refuses the message as `too_many_attachments`. */
  attachments: 100,
  /** Beyond it, Slack refuses the message as `invalid_blocks`. */
  blocks: 50,
  /** Beyond it, Slack cuts the text of a message, and says so to a bot but not to a webhook. */
  messageText: 40_000,
  /** Beyond it, Slack cuts the text of an attachment. Not documented; reported by those who ran into it. */
  attachmentText: 8_000,
  /** Beyond it, Slack cuts the footer. */
  footer: 300,
  /** Alertmanager cuts a title there by itself. */
  title: 1_024,
  /** Not documented for fallbacks; what a telephone shows is far less. */
  fallback: 1_024,
} as const;

/** The word with which Slack refuses a payload for its size, with status 400; undefined when it takes it. */
export function sizeRefusal(payload: Payload): "too_many_attachments" | "invalid_blocks" | undefined {
  if (listOf(payload.attachments).length > limits.attachments) return "too_many_attachments";
  if (listOf(payload.blocks).length > limits.blocks) return "invalid_blocks";
  return undefined;
}

/** A sentence for each part of a payload that Slack cuts, so that readers do not see it. */
export function cuts(payload: Payload): string[] {
  const found = [cut("text", payload.text, limits.messageText)];
  for (const [at, attachment] of listOf(payload.attachments).entries()) {
    const { title, text, footer, fallback } = attachment as Record<string, unknown>;
    const where = `attachments[${at}]`;
    found.push(
      cut(`${where}.title`, title, limits.title),
      cut(`${where}.text`, text, limits.attachmentText),
      cut(`${where}.footer`, footer, limits.footer),
      cut(`${where}.fallback`, fallback, limits.fallback),
    );
  }
  return found.filter((sentence) => sentence !== undefined);
}

/** Slack folds an attachment's text beyond 700 characters or 5 line breaks: the rest is behind "Show more". */
export function folded(text: string): boolean {
  return [...text].length >= 700 || text.trimEnd().split("\n").length > 5;
}

function cut(where: string, value: unknown, limit: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const { length } = [...value];
  return length > limit ? `${where} has ${length} characters, and Slack shows ${limit}.` : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
