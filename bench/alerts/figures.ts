import { firingBounds, resolvedBounds, toleranceSeconds } from "../../tools/drill/bounds";
import type { Bounds } from "../../tools/drill/bounds";
import type { Timing } from "../../tools/stack/timing";
import type { Verdict } from "./judge";
import type { ProfileName } from "./profiles";

/** The minimum, mean and maximum of several durations in seconds. */
export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** The results of all stops of a target in one profile. */
export interface Figures {
  readonly profile: ProfileName;
  readonly times: Timing;
  readonly stops: number;
  readonly deployments: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly falseAlerts: readonly string[];
  /** The time from the stop to the message in Slack; undefined if no message came. */
  readonly told?: Spread;
  readonly window: Bounds;
  /** The mean of these times divided by the mean of the expected window. */
  readonly meanRatio?: number;
  /** How many stops were reported before the expected window, or more than {@link toleranceSeconds} after it. */
  readonly outside: number;
  /** The time from the restart of the target to the message in Slack. */
  readonly resolved?: Spread;
  readonly resolvedWithin: number;
  /** For each stop, how much later it was reported than the intervals predict. */
  readonly overhead?: Spread;
  readonly passed: boolean;
}

/** How far the mean may deviate from its prediction, as a fraction of the prediction. */
export const MEAN_TOLERANCE = 0.1;

/** Computes the figures of a profile's stops. */
export function figuresOf(profile: ProfileName, times: Timing, verdicts: readonly Verdict[]): Figures {
  const window = firingBounds(times, "reset");
  const seconds = verdicts.flatMap((verdict) => verdict.seconds ?? []);
  const overheads = verdicts.flatMap((verdict) =>
    verdict.seconds === undefined ? [] : [verdict.seconds - verdict.stop.expectedSeconds],
  );
  const told = spreadOf(seconds);
  const meanRatio = told && told.mean / window.avg;
  const outside = seconds.filter((one) => one < window.min || one > window.max + toleranceSeconds).length;
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((all, verdict) => all + of(verdict), 0);
  const lost = sum((verdict) => verdict.lost);
  const duplicates = sum((verdict) => verdict.duplicates);
  const falseAlerts = verdicts.flatMap((verdict) => verdict.falseAlerts);
  return {
    profile,
    times,
    stops: verdicts.length,
    deployments: new Set(verdicts.map(({ stop }) => stop.deployment)).size,
    lost,
    duplicates,
    falseAlerts,
    told,
    window,
    meanRatio,
    outside,
    resolved: spreadOf(verdicts.flatMap((verdict) => verdict.resolvedSeconds ?? [])),
    resolvedWithin: resolvedBounds(times).max,
    overhead: spreadOf(overheads),
    passed:
      meanRatio !== undefined &&
      Math.abs(meanRatio - 1) <= MEAN_TOLERANCE &&
      lost + duplicates + falseAlerts.length + outside === 0,
  };
}

function spreadOf(numbers: readonly number[]): Spread | undefined {
  return numbers.length === 0
    ? undefined
    : {
        min: Math.min(...numbers),
        mean: numbers.reduce((sum, one) => sum + one, 0) / numbers.length,
        max: Math.max(...numbers),
      };
}
