/** What the receiver is set to do with messages: take them, or fail in one of Slack's ways. */
export type AnswerMode = "ok" | "invalid_token" | "no_service" | "rate_limited" | "server_error" | "slow";

/** How long a slow answer takes: longer than Alertmanager's patience with one message should be. */
export const SLOW_MS = 30_000;

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
}

const WEBHOOK_PATH = /^\/services\/T[A-Za-z0-9]+\/B[A-Za-z0-9]+\/[A-Za-z0-9]+$/;

/** What Slack answers to a POST of this body to this path. */
export function slackAnswer(path: string, body: string, mode: AnswerMode): Answer {
  if (!WEBHOOK_PATH.test(path)) {
    return { status: 404, body: "no_service" };
  }
  switch (mode) {
    case "invalid_token":
      return { status: 403, body: "invalid_token" };
    case "no_service":
      return { status: 404, body: "no_service" };
    case "rate_limited":
      return { status: 429, body: "rate_limited", headers: { "Retry-After": "1" } };
    case "server_error":
      return { status: 500, body: "rollup_error" };
    case "ok":
      return payloadAnswer(body);
    case "slow":
      return { ...payloadAnswer(body), delayMs: SLOW_MS };
    default:
      return mode satisfies never;
  }
}

function payloadAnswer(body: string): Answer {
  const payload = parsePayload(body);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    return { status: 400, body: "invalid_payload" };
  }
  const { text, attachments, blocks } = payload as Record<string, unknown>;
  const says = (typeof text === "string" && text !== "") || isFilled(attachments) || isFilled(blocks);
  return says ? { status: 200, body: "ok" } : { status: 400, body: "no_text" };
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** The JSON of a body, which may also come as a form's field `payload`; undefined when it is none. */
export function parsePayload(body: string): unknown {
  const text = body.startsWith("payload=") ? (new URLSearchParams(body).get("payload") ?? "") : body;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Slack's answer to it is invalid_payload.
    return undefined;
  }
}
