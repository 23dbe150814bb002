import { isLate, toleranceSeconds, type Window } from "./bounds";

export type Verdict = "ok" | "late" | "early" | "failed" | "unclear";

/** One part of the way, in seconds since the drill began. */
export interface Stage {
  readonly name: string;
  readonly from: number;
  /** When it was done; undefined where it never was. */
  readonly to?: number;
  /** How long it may take, from `from` on. */
  readonly window: Window;
  /** What would be the mean of many, from `from` on. */
  readonly average?: number;
  readonly verdict: Verdict;
}

/** How a drill ended. */
export type Outcome = "delivered" | "late" | "failed" | "unclear" | "interrupted";

/** What a drill showed; `--json` writes it. */
export interface DrillReport {
  readonly kind: "alert" | "node";
  readonly id: string;
  readonly subject: string;
  readonly stack?: string;
  readonly environment?: string;
  readonly cluster?: string;
  readonly startedAt: string;
  /** How Alertmanager was reached. */
  readonly way: string;
  readonly receivers: readonly string[];
  /** Receivers of Alertmanager's configuration that this drill did not prove, with their kinds. Undefined: not known. */
  readonly unproven?: readonly string[];
  readonly stages: readonly Stage[];
  readonly outcome: Outcome;
  /** What shows that it was delivered. */
  readonly proof: readonly string[];
  /** What may keep other alerts from arriving. Default: nothing was seen. */
  readonly warnings?: readonly string[];
  /** What failed, each with what to do. */
  readonly failures: readonly string[];
}

/** 2 is a command line that cannot be read. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  delivered: 0,
  failed: 1,
  late: 3,
  unclear: 4,
  interrupted: 130,
};

/** A stage that was done, judged by its window. */
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

/** A stage that was never done. */
export function missing(name: string, from: number, window: Window, verdict: "failed" | "unclear" = "failed"): Stage {
  return { name, from, window: { min: window.min, max: window.max }, verdict };
}

/** The worst of the stages; a stage that is early is reported, but fails nothing. */
export function outcomeOf(stages: readonly Stage[]): Outcome {
  const has = (verdict: Verdict) => stages.some((one) => one.verdict === verdict);
  if (has("failed")) return "failed";
  if (has("unclear")) return "unclear";
  return has("late") ? "late" : "delivered";
}
