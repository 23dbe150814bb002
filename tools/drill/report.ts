import { isLate, toleranceSeconds, type Window } from "./bounds";

export type Verdict = "ok" | "late" | "early" | "failed" | "unclear";

/** One stage of the alert's path, in seconds since the drill began. */
export interface Stage {
  readonly name: string;
  readonly from: number;
  /** When it ended; undefined if it never did. */
  readonly to?: number;
  /** How long it may take, counted from `from`. */
  readonly window: Window;
  /** The expected mean of many drills, counted from `from`. */
  readonly average?: number;
  readonly verdict: Verdict;
}

/** How a drill ended. */
export type Outcome = "delivered" | "late" | "failed" | "unclear" | "interrupted";

/** The result of a drill; `--json` writes it. */
export interface DrillReport {
  readonly kind: "alert" | "node";
  readonly id: string;
  readonly subject: string;
  /** What happened at second 0 of the stages. Default: that of the kind. */
  readonly origin?: string;
  readonly stack?: string;
  readonly environment?: string;
  readonly cluster?: string;
  readonly startedAt: string;
  /** How Alertmanager was reached. */
  readonly way: string;
  readonly receivers: readonly string[];
  /** Receivers in Alertmanager's configuration that this drill did not test, with their kinds. Undefined: not known. */
  readonly unproven?: readonly string[];
  readonly stages: readonly Stage[];
  readonly outcome: Outcome;
  /** The evidence of the delivery. */
  readonly proof: readonly string[];
  /** Conditions that may keep other alerts from arriving. Default: none was seen. */
  readonly warnings?: readonly string[];
  /** Failures, each with what to do about it. */
  readonly failures: readonly string[];
}

/** Exit code 2 means an invalid command line. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  delivered: 0,
  failed: 1,
  late: 3,
  unclear: 4,
  interrupted: 130,
};

/** A completed stage, judged by its window. */
export function stage(
  name: string,
  from: number,
  to: number,
  window: Window & { readonly avg?: number },
  options: { readonly noMinimum?: boolean } = {},
): Stage {
  const took = to - from;
  const early = options.noMinimum !== true && took < window.min - toleranceSeconds;
  const verdict = isLate(took, window) ? "late" : early ? "early" : "ok";
  return { name, from, to, window: { min: window.min, max: window.max }, average: window.avg, verdict };
}

/** A stage that was not completed. */
export function missing(name: string, from: number, window: Window, verdict: "failed" | "unclear" = "failed"): Stage {
  return { name, from, window: { min: window.min, max: window.max }, verdict };
}

/** The worst verdict of the stages; an early stage is reported, but does not fail the drill. */
export function outcomeOf(stages: readonly Stage[]): Outcome {
  const has = (verdict: Verdict) => stages.some((one) => one.verdict === verdict);
  if (has("failed")) return "failed";
  if (has("unclear")) return "unclear";
  return has("late") ? "late" : "delivered";
}
