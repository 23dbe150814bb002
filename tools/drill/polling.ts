import { setTimeout as delay } from "node:timers/promises";
import { NoAnswer } from "../stack/servers/http";

/** How long a server that has answered before may fail to answer. */
const silentMs = 15_000;

/**
 * Wraps repeated requests. A missing answer is returned as undefined, so that a single failure does not end a half-hour
 * drill. A server that does not answer for longer is an error.
 */
export function tolerateSilence(mostMs = silentMs): <T>(ask: () => Promise<T>) => Promise<T | undefined> {
  let silentSince: number | undefined;
  return async (ask) => {
    const asked = Date.now();
    try {
      const answer = await ask();
      silentSince = undefined;
      return answer;
    } catch (error) {
      silentSince ??= asked;
      if (!(error instanceof NoAnswer) || Date.now() - silentSince >= mostMs) throw error;
      return undefined;
    }
  };
}

/** Asks until there is an answer; undefined if none comes before the deadline. */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  { deadline, everyMs = 300, signal }: { deadline: number; everyMs?: number; signal?: AbortSignal },
): Promise<T | undefined> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > deadline) return answer;
    await delay(everyMs, undefined, { signal });
  }
}
