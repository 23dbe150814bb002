import { milliseconds } from "../../validation/durations";

/** The intervals that determine how long an alert takes, in seconds. */
export interface Timing {
  /** The time between two scrapes of a target. */
  readonly scrape: number;
  /** How long a scrape waits for a target that does not answer. */
  readonly scrapeTimeout: number;
  /** The time between two evaluations of the rules. */
  readonly evaluation: number;
  /** The alert's `for`. */
  readonly down: number;
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** The stack's intervals that determine how long an alert takes: `alerting:alerts`. */
type AlertSettings = Readonly<
  Record<"scrapeInterval" | "evaluationInterval" | "instanceDownFor" | "groupWait" | "groupInterval", string>
> & { readonly scrapeTimeout?: string };

/** The program's default intervals, used if a stack sets none. */
export const defaultTiming: Timing = {
  scrape: 15,
  scrapeTimeout: 5,
  evaluation: 15,
  down: 60,
  groupWait: 10,
  groupInterval: 60,
};

/** The durations in the settings, in seconds. */
export function timingOf(alerts: AlertSettings): Timing {
  const seconds = (key: keyof AlertSettings, otherwise: number) => secondsOf(alerts[key] ?? "") ?? otherwise;
  const scrape = seconds("scrapeInterval", defaultTiming.scrape);
  return {
    scrape,
    scrapeTimeout: seconds("scrapeTimeout", Math.min(defaultTiming.scrapeTimeout, scrape)),
    evaluation: seconds("evaluationInterval", defaultTiming.evaluation),
    down: seconds("instanceDownFor", defaultTiming.down),
    groupWait: seconds("groupWait", defaultTiming.groupWait),
    groupInterval: seconds("groupInterval", defaultTiming.groupInterval),
  };
}

/** A duration such as `1m30s` in seconds; undefined if it is invalid. */
export function secondsOf(text: string): number | undefined {
  const length = milliseconds(text);
  return length === undefined ? undefined : length / 1000;
}
