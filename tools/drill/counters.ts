/** Alertmanager's own count of what it sent, of one kind of receiver, or of one receiver where it counts them separately. */
export interface Count {
  readonly integration: string;
  /** Only where Alertmanager runs with the feature `receiver-name-in-metrics`. */
  readonly receiver?: string;
  /** Notifications begun. */
  readonly begun: number;
  /** Requests that were answered, or given up. */
  readonly requests: number;
  readonly failedRequests: number;
  /** Notifications that failed for good, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** How long all requests took together. */
  readonly latencySeconds: number;
}

export type Counters = readonly Count[];

/** What was counted between two readings. */
export interface Growth {
  readonly begun: number;
  readonly delivered: number;
  readonly failedRequests: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly latencySeconds: number;
  /** Whether other receivers of the same kind may be in these figures. */
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

/** Reads them from Prometheus' text format. */
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

/** How the counters of one kind of receiver grew: only of the named receivers, where they are counted separately. */
export function growth(
  before: Counters,
  now: Counters,
  of: { readonly integration: string; readonly receivers: readonly string[] },
): Growth {
  const told = now.some(({ receiver }) => receiver !== undefined);
  const ours = (counters: Counters) =>
    counters.filter(
      ({ integration, receiver }) =>
        integration === of.integration && (receiver === undefined || of.receivers.includes(receiver)),
    );
  const sum = (counters: Counters, field: "begun" | "requests" | "failedRequests" | "latencySeconds") =>
    ours(counters).reduce((total, count) => total + count[field], 0);
  // A restart of Alertmanager begins at nothing: what is there since then is all that is known.
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
