/**
 * Alertmanager's counters of sent notifications for one kind of receiver, or for one receiver if it counts them
 * separately.
 */
export interface Count {
  readonly integration: string;
  /** The receiver's name; only set if Alertmanager runs with the feature `receiver-name-in-metrics`. */
  readonly receiver?: string;
  /** The Alertmanager that counted, if there are several. */
  readonly peer?: string;
  /** Notifications that were started. */
  readonly begun: number;
  /** Requests that were answered or given up. */
  readonly requests: number;
  readonly failedRequests: number;
  /** Notifications that finally failed, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** The total duration of all requests. */
  readonly latencySeconds: number;
}

export type Counters = readonly Count[];

/** The differences between two readings. */
export interface Growth {
  readonly begun: number;
  readonly delivered: number;
  readonly failedRequests: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly latencySeconds: number;
  /** Whether the figures may include other receivers of the same kind. */
  readonly shared: boolean;
}

type Open = { -readonly [Key in keyof Count]: Count[Key] } & { failed: Record<string, number> };

const names: Readonly<Record<string, "begun" | "requests" | "failedRequests" | "failed" | "latencySeconds">> = {
  alertmanager_notifications_total: "begun",
  alertmanager_notification_requests_total: "requests",
  alertmanager_notification_requests_failed_total: "failedRequests",
  alertmanager_notifications_failed_total: "failed",
  alertmanager_notification_latency_seconds_sum: "latencySeconds",
};

/** Reads the counters from Prometheus' text format. */
export function readCounters(text: string): Counters {
  const counts = new Map<string, Open>();
  for (const [, name = "", labelText = "", value = ""] of text.matchAll(/^(alertmanager_\w+)\{(.*)\} (\S+)/gm)) {
    const field = names[name];
    if (field === undefined) continue;
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, one]) => [key, one]),
    ) as Record<string, string>;
    const { integration = "", receiver_name: receiver, reason = "other" } = labels;
    const key = `${integration} ${receiver ?? ""}`;
    const empty = { begun: 0, requests: 0, failedRequests: 0, failed: {}, latencySeconds: 0 };
    const count: Open = counts.get(key) ?? { integration, receiver, ...empty };
    counts.set(key, count);
    if (field === "failed") count.failed[reason] = (count.failed[reason] ?? 0) + Number(value);
    else count[field] = Number(value);
  }
  return [...counts.values()];
}

interface Counted {
  readonly integration: string;
  readonly receivers: readonly string[];
}

/**
 * How the counters of one kind of receiver grew: only for the named receivers, if they are counted separately. The
 * growth of several Alertmanagers is added, because any of them may send. One that was not read before is left out.
 */
export function growth(before: Counters, now: Counters, of: Counted): Growth {
  const peers = [...new Set(before.map(({ peer }) => peer))];
  if (peers.length <= 1) return growthOfOne(before, ofPeer(now, peers[0]), of);
  return peers.map((peer) => growthOfOne(ofPeer(before, peer), ofPeer(now, peer), of)).reduce(added);
}

function ofPeer(counters: Counters, wanted: string | undefined): Counters {
  return wanted === undefined ? counters : counters.filter(({ peer }) => peer === wanted);
}

function added(one: Growth, other: Growth): Growth {
  const failed = { ...one.failed };
  for (const [reason, count] of Object.entries(other.failed)) failed[reason] = (failed[reason] ?? 0) + count;
  return {
    begun: one.begun + other.begun,
    requests: one.requests + other.requests,
    failedRequests: one.failedRequests + other.failedRequests,
    delivered: one.delivered + other.delivered,
    latencySeconds: one.latencySeconds + other.latencySeconds,
    failed,
    shared: one.shared || other.shared,
  };
}

function growthOfOne(before: Counters, now: Counters, of: Counted): Growth {
  const told = now.some(({ receiver }) => receiver !== undefined);
  const ours = (counters: Counters) =>
    counters.filter(
      ({ integration, receiver }) =>
        integration === of.integration && (receiver === undefined || of.receivers.includes(receiver)),
    );
  const sum = (counters: Counters, field: "begun" | "requests" | "failedRequests" | "latencySeconds") =>
    ours(counters).reduce((total, count) => total + count[field], 0);
  // After a restart Alertmanager counts from zero: only the count since then is known.
  const grew = (field: Parameters<typeof sum>[1]) => {
    const [was, is] = [sum(before, field), sum(now, field)];
    return is >= was ? is - was : is;
  };
  const reasons = (counters: Counters) => {
    const all: Record<string, number> = {};
    for (const { failed } of ours(counters))
      for (const [reason, count] of Object.entries(failed)) all[reason] = (all[reason] ?? 0) + count;
    return all;
  };
  const [was, is] = [reasons(before), reasons(now)];
  const failed = Object.fromEntries(
    Object.entries(is)
      .map(([reason, count]) => [reason, count - (was[reason] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const [requests, failedRequests] = [grew("requests"), grew("failedRequests")];
  return {
    begun: grew("begun"),
    requests,
    failedRequests,
    delivered: requests - failedRequests,
    failed,
    latencySeconds: grew("latencySeconds"),
    shared: !told,
  };
}
