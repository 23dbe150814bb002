import { NoAnswer } from "./http";

/** How long a server that answered before may be silent. */
const gapMs = 15_000;

/**
 * For what is asked again and again: an answer that fails to come is undefined, because half an hour of answers is not to be
 * lost by one; none for some seconds on end is thrown.
 */
export function bridgeGaps(mostMs = gapMs): <T>(ask: () => Promise<T>) => Promise<T | undefined> {
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
