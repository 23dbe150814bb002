import { z } from "zod";
import { firingBounds } from "../../tools/drill/bounds";
import type { Timing } from "../../tools/stack/timing";
import { getText } from "../../lab/web";
import type { Place } from "./strata";

const time = z.string().transform((text) => Date.parse(text));
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ labels: z.record(z.string(), z.string()), health: z.string(), lastScrape: time }),
    ),
  }),
});
const rulesAnswer = z.object({
  data: z.object({
    groups: z.array(z.object({ lastEvaluation: time, rules: z.array(z.object({ name: z.string() })) })),
  }),
});

/** When Prometheus last scraped each target and last evaluated InstanceDown, in ms; both recur at exact intervals. */
export interface Phases {
  readonly scrapes: ReadonlyMap<string, number>;
  readonly evaluation: number;
}

/** The phases of a Prometheus that has scraped all targets and evaluated its rules; undefined before that. */
export async function phasesOf(origin: string, targets: number): Promise<Phases | undefined> {
  const { activeTargets } = targetsAnswer.parse(
    JSON.parse(await getText(`${origin}/api/v1/targets?state=active`)),
  ).data;
  const { groups } = rulesAnswer.parse(JSON.parse(await getText(`${origin}/api/v1/rules?type=alert`))).data;
  const evaluation = groups.find(({ rules }) => rules.some(({ name }) => name === "InstanceDown"))?.lastEvaluation ?? 0;
  const up = activeTargets.filter(({ health }) => health === "up");
  // Prometheus gives the year 1 as the time of an event that has not happened yet.
  return up.length < targets || evaluation <= 0
    ? undefined
    : { scrapes: new Map(up.map(({ labels, lastScrape }) => [labels.instance ?? "", lastScrape])), evaluation };
}

/** Which target to stop, and when; times in milliseconds, waits in seconds. */
export interface PlannedStop {
  readonly instance: string;
  readonly at: number;
  readonly scrapeWait: number;
  readonly evaluationWait: number;
  /** The expected time until Slack is notified if only the intervals take time. */
  readonly expectedSeconds: number;
}

/**
 * Chooses the target whose scrapes precede the evaluations by nearly the planned time, and the next moment that
 * precedes a scrape of this target by the planned time.
 */
export function planStop(phases: Phases, times: Timing, wished: Place, now: number): PlannedStop {
  const [interval, evaluation] = [times.scrape * 1000, times.evaluation * 1000];
  const [best] = [...phases.scrapes]
    .map(([instance, scrape]) => ({ instance, scrape, wait: modulo(phases.evaluation - scrape, evaluation) }))
    .sort((a, b) => distance(a.wait) - distance(b.wait));
  if (best === undefined) {
    throw new Error("Prometheus has no target that could be stopped.");
  }
  function distance(wait: number): number {
    return Math.abs(wait / evaluation - wished.evaluation);
  }
  const scrapeWait = wished.scrape * interval;
  const earliest = now + scrapeWait;
  const seenBy = earliest + modulo(best.scrape - earliest, interval);
  return {
    instance: best.instance,
    at: seenBy - scrapeWait,
    scrapeWait: scrapeWait / 1000,
    evaluationWait: best.wait / 1000,
    expectedSeconds: (scrapeWait + best.wait) / 1000 + firingBounds(times, "reset").min,
  };
}

function modulo(number: number, by: number): number {
  return ((number % by) + by) % by;
}
