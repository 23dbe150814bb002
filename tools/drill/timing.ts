import { milliseconds } from "../../validation/durations";
import type { Timing } from "./bounds";

/** The settings that decide an alert's way, as the stack has them: `alerting:alerts`. */
export interface AlertSettings {
  readonly scrapeInterval: string;
  readonly scrapeTimeout?: string;
  readonly evaluationInterval: string;
  readonly instanceDownFor: string;
  readonly groupWait: string;
  readonly groupInterval: string;
}

/** What the program has where a stack says nothing. */
export const defaultTiming: Timing = {
  scrape: 15,
  scrapeTimeout: 5,
  evaluation: 15,
  down: 60,
  groupWait: 10,
  groupInterval: 60,
};

/** The settings' durations in seconds. */
export function timingOf(alerts: AlertSettings): Timing {
  const seconds = (text: string, otherwise: number) => secondsOf(text) ?? otherwise;
  const scrape = seconds(alerts.scrapeInterval, defaultTiming.scrape);
  return {
    scrape,
    scrapeTimeout:
      alerts.scrapeTimeout === undefined
        ? Math.min(defaultTiming.scrapeTimeout, scrape)
        : seconds(alerts.scrapeTimeout, defaultTiming.scrapeTimeout),
    evaluation: seconds(alerts.evaluationInterval, defaultTiming.evaluation),
    down: seconds(alerts.instanceDownFor, defaultTiming.down),
    groupWait: seconds(alerts.groupWait, defaultTiming.groupWait),
    groupInterval: seconds(alerts.groupInterval, defaultTiming.groupInterval),
  };
}

/** A duration such as `1m30s` in seconds; undefined where the text is none. */
export function secondsOf(text: string): number | undefined {
  const length = milliseconds(text);
  return length === undefined ? undefined : length / 1000;
}
