import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { firingBounds, resolvedBounds } from "../../tools/drill/bounds";
import type { Timing } from "../../tools/stack/timing";
import type { Slack } from "../../lab/slack/start";
import { tells } from "./judge";
import type { Stop } from "./judge";
import { phasesOf, planStop } from "./phases";
import type { Place } from "./strata";
import type { Target } from "./target";

/** The inputs of a stop. */
export interface StopOptions {
  readonly profile: Stop["profile"];
  readonly deployment: number;
  readonly prometheus: string;
  readonly webhookPath: string;
  readonly targets: readonly Target[];
  readonly times: Timing;
  readonly wished: Place;
  readonly slack: Slack;
  readonly linger: boolean;
  readonly signal: AbortSignal;
}

/** How late a message may be before it counts as lost; generous, because the machine may be busy. */
const PATIENCE_SECONDS = 60;
/** Prometheus' default for `--rules.alert.resend-delay`. */
const RESEND_SECONDS = 60;
const POLL_MS = 500;

/** Stops a target at the planned point in its intervals, waits for Slack, restarts it, and waits for Slack again. */
export async function doStop(options: StopOptions): Promise<Stop> {
  const { times, slack, signal, targets, profile, deployment, webhookPath } = options;
  const planned = planStop(await phases(options), times, options.wished, Date.now() + 100);
  const target = targets.find(({ address }) => address === planned.instance);
  if (target === undefined) {
    throw new Error(`Prometheus has the target ${planned.instance}, which does not belong to the deployment.`);
  }
  await delay(planned.at - Date.now(), undefined, { signal });
  const interrupted = once(signal, "abort").then(() => Promise.reject(signal.reason as Error));
  interrupted.catch(() => undefined);
  const told = (state: "FIRING" | "RESOLVED", since: number, seconds: number) => {
    const message = slack
      .nextMessage(
        (one) => Date.parse(one.receivedAt) >= since && tells({ instance: planned.instance, webhookPath }, state, one),
        (seconds + PATIENCE_SECONDS) * 1000,
      )
      // A message that does not come is counted as lost later.
      .catch(() => undefined);
    return Promise.race([message, interrupted]);
  };
  const stoppedAt = Date.now();
  target.stop();
  try {
    const firing = await told("FIRING", stoppedAt, firingBounds(times, "reset").max);
    const startedAt = Date.now();
    await target.start();
    if (firing !== undefined) {
      await told("RESOLVED", startedAt, resolvedBounds(times).max);
    }
    if (options.linger) {
      // Waits until Prometheus has repeated the resolved alert to Alertmanager, which must not send it again.
      await delay((RESEND_SECONDS + times.evaluation + 2) * 1000, undefined, { signal });
    }
    const { instance, expectedSeconds } = planned;
    const overAt = Date.now();
    return { profile, deployment, instance, webhookPath, stoppedAt, startedAt, overAt, expectedSeconds };
  } finally {
    await target.start();
  }
}

/** The phases, as soon as every target is up and the rules have been evaluated. */
async function phases({ prometheus, targets, times, signal }: StopOptions) {
  const deadline = Date.now() + (times.scrape + 2 * times.evaluation + PATIENCE_SECONDS) * 1000;
  for (;;) {
    const found = await phasesOf(prometheus, targets.length);
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${prometheus} has not scraped all of its ${targets.length} targets, or not evaluated its rules.`,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}
