import { setMaxListeners } from "node:events";
import { type Check, failed, type CheckResult, type Row } from "../shared/check-result";

export interface Bounds {
  /** How long one check may take. Default: 25 s. */
  readonly patienceMs?: number;
  /** How long all of them may take. Default: 60 s. */
  readonly totalMs?: number;
}

/**
 * Runs all checks at the same time. One that fails, throws or never ends takes nothing from the others: each ends as rows,
 * in the order of the checks, and all of them in bounded time. `onDone` gets the checks that are still running.
 */
export async function runChecks(
  checks: readonly Check[],
  { patienceMs = 25_000, totalMs = 60_000 }: Bounds = {},
  onDone: (waitingFor: readonly string[]) => void = () => undefined,
): Promise<Row[]> {
  const controller = new AbortController();
  // One for each check, which Node would take for a leak.
  setMaxListeners(0, controller.signal);
  const waitingFor = new Set(checks);
  const end = setTimeout(() => controller.abort(), totalMs);
  try {
    const results = await Promise.all(
      checks.map(async (check) => {
        const found = await inTime(check, controller.signal, patienceMs, totalMs);
        waitingFor.delete(check);
        onDone([...waitingFor].map(({ name }) => name));
        return found.map((finding): Row => ({ check: check.name, ...finding }));
      }),
    );
    return results.flat();
  } finally {
    clearTimeout(end);
    controller.abort();
  }
}

async function inTime(
  check: Check,
  outer: AbortSignal,
  patienceMs: number,
  totalMs: number,
): Promise<readonly CheckResult[]> {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly CheckResult[]>((resolve) => {
    const giveUp = (boundMs: number) => {
      resolve([failed(`gave no answer within ${boundMs / 1000} s.`, "Look at what it asks, and run this again.")]);
      own.abort();
    };
    timer = setTimeout(() => giveUp(patienceMs), patienceMs);
    outer.addEventListener("abort", () => giveUp(totalMs), { once: true });
  });
  try {
    return await Promise.race([check.run(own.signal), late]);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return [failed(`could not be looked at: ${why}`)];
  } finally {
    clearTimeout(timer);
  }
}
