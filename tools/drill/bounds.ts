/**
 * How long an alert may take from the moment a target stops answering until its message has left Alertmanager, computed
 * from the intervals. docs/latency.md explains the same in words.
 */
import type { Timing } from "../stack/timing";

/** How a target dies: its machine refuses the connection, or every packet is lost and the scrape has to time out. */
export type Death = "reset" | "drop";

/** A range of time, in seconds since a given moment. */
export interface Window {
  readonly min: number;
  readonly max: number;
}

/** A window, with the average that many drills would show. */
export interface Bounds extends Window {
  readonly avg: number;
}

/** By how much a measured moment may exceed the window: time for processing, the network, and polling. */
export const toleranceSeconds = 1;

/**
 * The time from the death of a target to the message. Scrapes and evaluations happen at fixed phases, so each adds
 * between zero and its interval. `for` is only checked when the rules are evaluated, so it is rounded up to whole
 * evaluations. The group wait is added in full, because for Alertmanager an alert starts when it fires.
 */
export function firingBounds(timing: Timing, death: Death): Bounds {
  const { scrape, evaluation } = timing;
  const min = fixedSeconds(timing, death);
  return { min, avg: min + (scrape + evaluation) / 2, max: min + scrape + evaluation };
}

/**
 * {@link firingBounds} if it is unknown how the target dies: the minimum of the faster death, the maximum of the
 * slower.
 */
export function anyFiringBounds(timing: Timing): Bounds {
  const [fast, slow] = [firingBounds(timing, "reset"), firingBounds(timing, "drop")];
  return { min: fast.min, avg: (fast.avg + slow.avg) / 2, max: slow.max };
}

/**
 * The time from the last scrape that a target answered to the message, for cases where the moment of its death is
 * unknown: Prometheus knows that scrape, and the next one, an interval later, is the first to fail.
 */
export function sinceLastScrapeBounds(timing: Timing): Bounds {
  const { scrape, evaluation } = timing;
  const [fast, slow] = [fixedSeconds(timing, "reset") + scrape, fixedSeconds(timing, "drop") + scrape];
  return { min: fast, avg: (fast + slow + evaluation) / 2, max: slow + evaluation };
}

/** The time from the moment a target answers again to the resolved message, which waits for the group interval. */
export function resolvedBounds({ scrape, evaluation, groupInterval }: Timing): Bounds {
  const max = scrape + evaluation + groupInterval;
  return { min: 0, avg: max / 2, max };
}

/** Whether a measured moment is later than its window allows. */
export function isLate(seconds: number, window: Window): boolean {
  return seconds > window.max + toleranceSeconds;
}

/** The part of the time that does not depend on the phases of scrapes and evaluations. */
function fixedSeconds({ scrapeTimeout, evaluation, down, groupWait }: Timing, death: Death): number {
  return (death === "drop" ? scrapeTimeout : 0) + wholeEvaluations(down, evaluation) + groupWait;
}

/** `for`, rounded up to whole evaluations; computed in milliseconds, so that 0.3 is three times 0.1. */
export function wholeEvaluations(down: number, evaluation: number): number {
  return Math.ceil(Math.round(down * 1000) / Math.round(evaluation * 1000)) * evaluation;
}
