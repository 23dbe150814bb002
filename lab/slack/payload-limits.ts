/** The parts of a message to an incoming webhook that Slack limits. */
interface Payload {
  readonly text?: unknown;
  readonly attachments?: unknown;
  readonly blocks?: unknown;
}

/** Slack's limits. Lengths are in characters, which are Unicode code points. */
export const limits = {
  /** Slack rejects a message with more attachments as `too_many_attachments`. */
  attachments: 100,
  /** Slack rejects a message with more blocks as `invalid_blocks`. */
  blocks: 50,
  /** Slack cuts a longer message text. It reports the cut to a bot, but not to the sender of a webhook message. */
  messageText: 40_000,
  /** Slack cuts a longer attachment text. This is not documented, but users have reported it. */
  attachmentText: 8_000,
  /** Slack cuts a longer footer. */
  footer: 300,
  /** Alertmanager itself cuts a longer title. */
  title: 1_024,
  /** The limit of fallbacks is not documented. A telephone shows far less. */
  fallback: 1_024,
} as const;

/** The error code with which Slack rejects a payload because of its size; `undefined` if Slack accepts the payload. */
export function sizeRefusal(payload: Payload): "too_many_attachments" | "invalid_blocks" | undefined {
  if (listOf(payload.attachments).length > limits.attachments) return "too_many_attachments";
  if (listOf(payload.blocks).length > limits.blocks) return "invalid_blocks";
  return undefined;
}

/** A sentence for each part of a payload that Slack would cut, so that readers would not see the rest of the part. */
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

/** Whether Slack folds an attachment's text: the text beyond 700 characters or 5 line breaks is behind "Show more". */
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
