import { type Check, type CheckResult, failed, type Row } from "../shared/check-result";

/**
 * Runs all checks at the same time. A check that fails, throws or never ends does not affect the others: each returns
 * its rows, in the order of the checks, within `patienceMs`. `onDone` gets the names of the checks that are still
 * running.
 */
export async function runChecks(
  checks: readonly Check[],
  { patienceMs = 25_000 }: { readonly patienceMs?: number } = {},
  onDone: (waitingFor: readonly string[]) => void = () => undefined,
): Promise<Row[]> {
  const waitingFor = new Set(checks);
  const rows = await Promise.all(
    checks.map(async (check) => {
      const results = await inTime(check, patienceMs);
      waitingFor.delete(check);
      onDone([...waitingFor].map(({ name }) => name));
      return results.map((result): Row => ({ check: check.name, ...result }));
    }),
  );
  return rows.flat();
}

async function inTime(check: Check, patienceMs: number): Promise<readonly CheckResult[]> {
  const controller = new AbortController();
  // This timer keeps the process running, which `AbortSignal.timeout` would not: without it, the process could end
  // before a check has.
  const timer = setTimeout(() => controller.abort(), patienceMs);
  const late = new Promise<readonly CheckResult[]>((resolve) => {
    const what = `gave no answer within ${patienceMs / 1000} s.`;
    const onAbort = () => resolve([failed(what, "Check the server that it queries, and run this again.")]);
    controller.signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([check.run(controller.signal), late]);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return [failed(`could not be checked: ${why}`)];
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}
