import { sizeRefusal } from "./payload-limits";

/**
 * How the receiver answers messages: it accepts them, or fails as Slack may fail. `hang` means no answer, `reset` a
 * broken connection, `other_text` a success status with a body other than `ok`, and `redirect` a redirect to a page.
 */
export type AnswerMode =
  | "ok"
  | "invalid_token"
  | "no_service"
  | "channel_is_archived"
  | "rate_limited"
  | "server_error"
  | "other_text"
  | "redirect"
  | "slow"
  | "hang"
  | "reset";

/** How long a slow answer takes, which is longer than Alertmanager should wait for one message. */
export const slowMs = 30_000;

/** The path of the web page to which a redirect leads. Slack also serves a web page for a URL that is not a webhook. */
export const pagePath = "/page";

/** An HTTP answer, or the failure that replaces it. */
export interface Answer {
  /** The status; zero if no answer is sent. */
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  readonly instead?: "hang" | "reset";
}

const webhookPath = /^\/services\/T[A-Za-z0-9]+\/B[A-Za-z0-9]+\/[A-Za-z0-9]+$/;

/** Slack's answer to a POST of this body to this path. */
export function slackAnswer(path: string, body: string, mode: AnswerMode): Answer {
  if (!webhookPath.test(path)) {
    return { status: 404, body: "no_service" };
  }
  switch (mode) {
    case "invalid_token":
      return { status: 403, body: "invalid_token" };
    case "no_service":
      return { status: 404, body: "no_service" };
    case "channel_is_archived":
      return { status: 410, body: "channel_is_archived" };
    case "rate_limited":
      return { status: 429, body: "rate_limited", headers: { "Retry-After": "1" } };
    case "server_error":
      return { status: 500, body: "rollup_error" };
    case "other_text":
      return { status: 200, body: "posting_to_general_channel_denied" };
    case "redirect":
      return { status: 302, body: "", headers: { Location: pagePath } };
    case "ok":
      return payloadAnswer(body);
    case "slow":
      return { ...payloadAnswer(body), delayMs: slowMs };
    case "hang":
    case "reset":
      return { status: 0, body: "", instead: mode };
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
  const says = isText(text) || isFilled(blocks) || (Array.isArray(attachments) && attachments.some(saysSomething));
  const refusal = says ? sizeRefusal(payload) : "no_text";
  return refusal === undefined ? { status: 200, body: "ok" } : { status: 400, body: refusal };
}

/**
 * Whether an attachment has content. Slack ignores an attachment whose strings are all empty, which Alertmanager sends
 * if the template fails.
 */
function saysSomething(attachment: unknown): boolean {
  if (typeof attachment !== "object" || attachment === null) {
    return false;
  }
  const { title, text, pretext, fallback, image_url, fields, blocks } = attachment as Record<string, unknown>;
  return [title, text, pretext, fallback, image_url].some(isText) || isFilled(fields) || isFilled(blocks);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** The JSON in a body, or in the body's form field `payload`; `undefined` if it is not JSON. */
export function parsePayload(body: string): unknown {
  const text = body.startsWith("payload=") ? (new URLSearchParams(body).get("payload") ?? "") : body;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The caller answers `invalid_payload`, as Slack does.
    return undefined;
  }
}
