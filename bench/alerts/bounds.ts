import type { AlertTimes } from "../../lab/drill";

/** In seconds, how long it can take from the stop of a target until Slack is told, where connections are refused. */
export interface Window {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** What neither a scrape nor an evaluation is waited for: `for`, tested only at evaluations, and `group_wait` in full. */
export function fixedSeconds({ evaluation, down, groupWait }: AlertTimes): number {
  return evaluation * Math.ceil(down / evaluation) + groupWait;
}

/** The arithmetic of docs/latency.md. */
export function windowOf(times: AlertTimes): Window {
  const fixed = fixedSeconds(times);
  const { scrape, evaluation } = times;
  return { min: fixed, mean: fixed + (scrape + evaluation) / 2, max: fixed + scrape + evaluation };
}

/** The longest until Slack is told that it is over: a scrape, an evaluation, and the group's next turn. */
export function resolvedWithin({ scrape, evaluation, groupInterval }: AlertTimes): number {
  return scrape + evaluation + groupInterval;
}
