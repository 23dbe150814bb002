import { setTimeout as delay } from "node:timers/promises";

interface ServiceError {
  name: string;
  message: string;
  code?: string;
  errors?: Error[];
  $metadata?: { httpStatusCode?: number; attempts?: number };
}

/** A failed call as one sentence with AWS's own code and words, and none of the request. */
export function asSentence(doing: string, error: unknown): string {
  const { name, message, code, errors, $metadata: about } = error as ServiceError;
  if (about?.httpStatusCode !== undefined) {
    const tries = (about.attempts ?? 1) > 1 ? ` after ${about.attempts} attempts` : "";
    return withoutKeys(`${doing}: AWS answered ${name} (HTTP ${about.httpStatusCode})${tries}: ${message}`);
  }
  if (code !== undefined) {
    const where = process.env.AWS_ENDPOINT_URL ?? "the region's own endpoint";
    return `${doing}: AWS cannot be reached at ${where}: ${message || errors?.[0]?.message || code}`;
  }
  return withoutKeys(`${doing}: ${message}`);
}

/** AWS repeats the access key in messages about signatures. */
function withoutKeys(text: string): string {
  return [process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SECRET_ACCESS_KEY, process.env.AWS_SESSION_TOKEN]
    .filter((key): key is string => Boolean(key))
    .reduce((result, key) => result.replaceAll(key, "(key)"), text);
}

/** Whether AWS says that the thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return /NotFound$/.test((error as ServiceError).name);
}

/** Asks until the answer is not `undefined`; AWS has no event for it. */
export async function until<T>(
  o: { what: string; timeoutMs: number; signal: AbortSignal },
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + o.timeoutMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 3000)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= end) throw new Error(`waited ${o.timeoutMs / 1000} s in vain: ${o.what}`);
    await delay(pauseMs, undefined, { signal: o.signal });
  }
}
