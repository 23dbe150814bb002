/** The status of a result. `skipped`: could not be checked because another check failed, which has its own row. */
export type Status = "ok" | "warning" | "failed" | "skipped";

/** The result of a check, and what to do about a problem. */
export interface CheckResult {
  readonly status: Status;
  /** What was found, as a sentence; never contains a secret. */
  readonly what: string;
  readonly todo?: string;
}

/** A result with the name of its check. */
export interface Row extends CheckResult {
  readonly check: string;
}

/** A single check. It changes nothing anywhere. */
export interface Check {
  readonly name: string;
  /** The signal fires when nobody waits for the result any longer. */
  run(signal: AbortSignal): Promise<readonly CheckResult[]>;
}

export const ok = (what: string): CheckResult => ({ status: "ok", what });
export const warning = (what: string, todo?: string): CheckResult => ({
  status: "warning",
  what,
  ...(todo && { todo }),
});
export const failed = (what: string, todo?: string): CheckResult => ({ status: "failed", what, ...(todo && { todo }) });
export const skipped = (what: string): CheckResult => ({ status: "skipped", what });

/** A list of names for a sentence, shortened if it is long. */
export function named(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A number with its noun, such as `1 node` or `3 nodes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
