import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import type { Say } from "../../lab/progress";
import type { Storm } from "../../lab/storm/start";
import { JOB, TICK_SECONDS } from "./configuration";
import { longestGap, type Window } from "./figures";
import type { Receiver } from "./receiver";

/** While something is changed, one target goes down per this many milliseconds. */
const EVERY_MS = 2_000;
/** How long a measurement goes on after `up`: kubelets update files with a delay, and stopped programs start again. */
const TAIL_MS = 15_000;
/**
 * How long an alert may take before it counts as lost. An alert is delayed while Prometheus is down, but never for so
 * long.
 */
const PATIENCE_MS = 360_000;

/** The tools that observe alerting during a change. */
export interface Watch {
  readonly lab: Lab;
  readonly storm: Storm;
  readonly receiver: Receiver;
}

/** Makes a change while alerts begin all the time, and waits until each of them has been received. */
export async function watched(
  { lab, storm, receiver }: Watch,
  change: string,
  make: () => Promise<unknown>,
  say: Say,
): Promise<Window> {
  const firstTold = receiver.told.length;
  // Every measurement starts with a healthy Prometheus.
  await receiver.next(isTick, 60_000, firstTold);
  const from = Date.now();
  const down = new Map<string, number>();
  // The last target stays up: if a whole job is down, a different alert replaces the alerts of its targets.
  const targets = storm.instances(JOB).slice(0, -1);
  storm.takeDown((instance) => down.has(instance));
  const begin = setInterval(() => {
    const next = targets[down.size];
    if (next !== undefined) down.set(next, Date.now());
  }, EVERY_MS);
  let upSeconds: number;
  try {
    await make();
    upSeconds = (Date.now() - from) / 1000;
    await delay(TAIL_MS);
  } finally {
    clearInterval(begin);
  }
  const to = Date.now();
  const late = await Promise.allSettled(
    [...down].map(async ([instance, at]) => {
      const isIt = (told: { status: string; labels: Readonly<Record<string, string>> }) =>
        told.status === "firing" && told.labels.instance === instance;
      return ((await receiver.next(isIt, PATIENCE_MS, firstTold)).at - at) / 1000;
    }),
  );
  const took = late.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const ticks = receiver.told.slice(firstTold).filter(isTick);
  const window: Window = {
    change,
    silentSeconds: Math.max(
      0,
      longestGap(
        ticks.map(({ at }) => at),
        from,
        to,
      ) /
        1000 -
        TICK_SECONDS,
    ),
    begun: down.size,
    told: took.length,
    slowestSeconds: Math.max(...took),
    beatSeconds:
      longestGap(
        lab.heartbeat.pings.map(({ at }) => at),
        from,
        to,
      ) / 1000,
    upSeconds,
  };
  say(JSON.stringify(window));
  await allBack(storm, receiver, down);
  return window;
}

const isTick = ({ status, labels }: { status: string; labels: Readonly<Record<string, string>> }) =>
  status === "firing" && labels.alertname === "Tick";

/** Ends all alerts, so that each of them is a new alert the next time. */
async function allBack(storm: Storm, receiver: Receiver, down: ReadonlyMap<string, number>): Promise<void> {
  const from = receiver.told.length;
  storm.takeUp();
  await Promise.all(
    [...down.keys()].map((instance) =>
      receiver.next(({ status, labels }) => status === "resolved" && labels.instance === instance, PATIENCE_MS, from),
    ),
  );
}
