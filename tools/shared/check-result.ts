/** How a result is to be taken. `skipped` is what could not be asked because something else failed, which has a row of its own. */
export type Status = "ok" | "warning" | "failed" | "skipped";

/** What a check found, and what to do where it is not well. */
export interface CheckResult {
  readonly status: Status;
  /** What was seen, as a sentence; never with a secret's value. */
  readonly what: string;
  readonly todo?: string;
}

/** A finding and the check that it is of. */
export interface Row extends CheckResult {
  readonly check: string;
}

/** One look at one thing. Changes nothing anywhere. */
export interface Check {
  readonly name: string;
  /** The signal fires when the result is no longer waited for. */
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

/** A list of names for a sentence, cut where it is long. */
export function named(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `1 node`, `3 nodes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
