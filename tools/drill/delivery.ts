import { setTimeout as delay } from "node:timers/promises";
import type { AlertmanagerView } from "./alertmanagers";
import { type Counters, growth } from "./counters";
import { tolerateSilence } from "./polling";

/** The fate of a message according to Alertmanager's counters. */
export type Delivery =
  | { readonly state: "delivered"; readonly beganAt: number; readonly answeredAt: number; readonly proof: string }
  | { readonly state: "failed"; readonly answeredAt: number; readonly reasons: readonly string[] }
  | { readonly state: "unclear"; readonly answeredAt: number; readonly why: string }
  | { readonly state: "nothing"; readonly retrying: boolean; readonly earlier: number; readonly why?: string };

export interface DeliveryWatch {
  readonly api: Pick<AlertmanagerView, "counters">;
  readonly integration: string;
  readonly receivers: readonly string[];
  /** How many notifications of this kind one flush of the groups sends. */
  readonly expected: number;
  readonly before: Counters;
  /** The drill's message cannot be sent before this moment: notifications counted earlier belong to other alerts. */
  readonly notBefore: number;
  /**
   * The drill's message is sent by this moment at the latest. Nothing is judged earlier: a notification that was
   * counted may belong to another alert, and the drill's may still fail. Default: at once.
   */
  readonly sentBy?: number;
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Called once when a request has failed and Alertmanager retries. */
  readonly onRetry?: () => void;
  /** Called from time to time: returns a reason why no message will come. */
  readonly hopeless?: () => Promise<string | undefined>;
  /** The Alertmanagers that stopped answering, as sentences: each may have sent the message. */
  readonly absent?: () => readonly string[];
  readonly pollMs?: number;
  /** How long Alertmanager may fail to answer before the drill gives up. */
  readonly gapMs?: number;
}

const HOPE_MS = 2_000;

/**
 * Follows the counters until every notification started since then has succeeded or failed. Other alerts may move the
 * same counters, which do not distinguish groups: if all notifications were delivered, so was the drill's; if all
 * failed, so did the drill's; if only some failed, the result is unknown.
 */
export async function followDelivery(watch: DeliveryWatch): Promise<Delivery> {
  const { api, signal, expected, pollMs = 250 } = watch;
  let { before } = watch;
  let others = 0;
  let beganAt: number | undefined;
  /** When the last started notification had succeeded or failed. */
  let settledAt: number | undefined;
  let told = false;
  let askedHope = Date.now();
  const tolerant = tolerateSilence(watch.gapMs);
  for (;;) {
    const counters = await tolerant(() => api.counters());
    if (counters === undefined) {
      await delay(pollMs, undefined, { signal });
      continue;
    }
    const now = Date.now();
    const grown = growth(before, counters, watch);
    const failures = Object.values(grown.failed).reduce((sum, count) => sum + count, 0);
    const settled = grown.begun <= grown.delivered + failures;
    if (now < watch.notBefore) {
      others += grown.begun;
      before = counters;
    } else if (grown.begun > 0) {
      beganAt ??= now;
      settledAt = settled ? (settledAt ?? now) : undefined;
      if (grown.begun >= expected && settledAt !== undefined && now >= (watch.sentBy ?? 0)) {
        const delivery = verdict({ ...grown, failures }, beganAt, settledAt, expected, others);
        // A muted alert was not sent: the counted notification belongs to another alert.
        const why = delivery.state === "delivered" ? await watch.hopeless?.() : undefined;
        return why === undefined ? delivery : { state: "nothing", retrying: false, earlier: others, why };
      }
      if (grown.failedRequests > failures && !told) {
        told = true;
        watch.onRetry?.();
      }
    }
    const absent = now > watch.deadline ? (watch.absent?.() ?? []) : [];
    if (absent.length > 0) {
      const why = `it is unknown whether the message was sent by an Alertmanager that stopped answering (${absent.join(" ")})`;
      return { state: "unclear", answeredAt: now, why };
    }
    if (now > watch.deadline) return { state: "nothing", retrying: grown.failedRequests > 0, earlier: others };
    if (beganAt === undefined && watch.hopeless !== undefined && now - askedHope >= HOPE_MS) {
      askedHope = now;
      const why = await watch.hopeless();
      if (why !== undefined) return { state: "nothing", retrying: false, earlier: others, why };
    }
    await delay(pollMs, undefined, { signal });
  }
}

function verdict(
  grown: ReturnType<typeof growth> & { readonly failures: number },
  beganAt: number,
  now: number,
  expected: number,
  others: number,
): Delivery {
  const reasons = Object.keys(grown.failed);
  if (grown.delivered === 0) return { state: "failed", answeredAt: now, reasons };
  if (grown.failures > 0) {
    return {
      state: "unclear",
      answeredAt: now,
      why: `of ${grown.begun} notifications at that moment ${grown.delivered} were delivered and ${grown.failures} failed (${reasons.join(", ")}); Alertmanager does not count by alert, so it is unknown which was the drill's`,
    };
  }
  // The duration of a single request is known, and therefore its start, which is more exact than polling.
  const began = grown.requests === 1 ? Math.min(beganAt, now) - Math.min(grown.latencySeconds * 1000, 60_000) : beganAt;
  const exact = grown.begun === expected;
  const counted = exact
    ? `${plural(expected, "notification was", "notifications were")} due, ${expected === 1 ? "one was" : `${expected} were`} sent, and the answer was ok`
    : `${grown.begun} notifications were sent at that moment, including those of other alerts, and every answer was ok`;
  const earlier = others === 0 ? "" : `; ${plural(others, "other one", "other ones")} before that, not counted`;
  return {
    state: "delivered",
    beganAt: began,
    answeredAt: now,
    proof: `Alertmanager's counters: ${counted}${earlier}`,
  };
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
