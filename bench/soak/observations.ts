import { z } from "zod";
import type { Ping } from "../../lab/heartbeat/start";
import type { ActiveAlert, PrometheusApi } from "../../lab/prometheus-api";
import { markdown } from "../markdown";

/** What an idle lab showed. */
export interface Soak {
  readonly minutes: number;
  readonly rules: number;
  readonly targets: number;
  /** Alerts that fired though nothing was wrong, with what they were about. */
  readonly fired: readonly string[];
  /** Alerts that were pending, and fired not even once. */
  readonly pended: readonly string[];
  /** Titles of what Slack got. */
  readonly messages: readonly string[];
  /** Undefined where no heartbeat is sent. */
  readonly heartbeat?: Heartbeat;
}

/** The signs of life that came. */
export interface Heartbeat {
  readonly pings: number;
  readonly longestGapSeconds: number;
}

/** Alerts by what they are about, each with every state that it was seen in. */
export class SeenAlerts {
  private readonly states = new Map<string, Set<string>>();

  public add(alerts: readonly Pick<ActiveAlert, "labels" | "state">[]): void {
    for (const { labels, state } of alerts.filter((alert) => alert.labels.alertname !== "Watchdog")) {
      const key = nameOf(labels);
      this.states.set(key, (this.states.get(key) ?? new Set()).add(state));
    }
  }

  /** Those that were seen firing. */
  public get fired(): string[] {
    return this.of((states) => states.has("firing"));
  }

  /** Those that were seen pending, and never firing. */
  public get pended(): string[] {
    return this.of((states) => states.has("pending") && !states.has("firing"));
  }

  private of(matches: (states: ReadonlySet<string>) => boolean): string[] {
    return [...this.states].filter(([, states]) => matches(states)).map(([key]) => key);
  }
}

const ABOUT = ["job", "node", "namespace", "pod", "instance"];

function nameOf(labels: Readonly<Record<string, string>>): string {
  const about = ABOUT.flatMap((label) => labels[label] ?? []).join(" ");
  return about === "" ? (labels.alertname ?? "?") : `${labels.alertname ?? "?"} (${about})`;
}

const samplesAnswer = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});
const rulesAnswer = z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) }) });

/** Every alert that was pending or firing in the last seconds, by Prometheus' own record of them. */
export async function recordedAlerts(
  prometheus: PrometheusApi,
  seconds: number,
): Promise<Pick<ActiveAlert, "labels" | "state">[]> {
  const query = encodeURIComponent(`count_over_time(ALERTS[${Math.ceil(seconds)}s])`);
  const { data } = samplesAnswer.parse(JSON.parse(await prometheus.page(`/api/v1/query?query=${query}`)));
  return data.result.map(({ metric }) => ({
    labels: metric,
    state: metric.alertstate === "firing" ? "firing" : "pending",
  }));
}

/** How many rules that alert are loaded. */
export async function ruleCount(prometheus: PrometheusApi): Promise<number> {
  const { data } = rulesAnswer.parse(JSON.parse(await prometheus.page("/api/v1/rules?type=alert")));
  return data.groups.reduce((sum, { rules }) => sum + rules.length, 0);
}

/** The longest time without a sign of life, the time before the first and after the last included. */
export function heartbeatOf(pings: readonly Pick<Ping, "at">[], from: number, to: number): Heartbeat {
  const times = pings.map(({ at }) => at).filter((at) => at >= from && at <= to);
  const marks = [from, ...times, to];
  const gaps = marks.slice(1).map((mark, index) => mark - (marks[index] ?? mark));
  return { pings: times.length, longestGapSeconds: Math.max(...gaps) / 1000 };
}

/** The line that docs/benchmarks.md keeps. */
export function soakMarkdown(soak: Soak): string {
  const head = ["idle, minutes", "rules", "targets", "fired", "pending, never firing", "messages in Slack"];
  const { heartbeat } = soak;
  const pulse = heartbeat === undefined ? [] : [heartbeat.pings, heartbeat.longestGapSeconds.toFixed(0)];
  return markdown(
    [...head, ...(heartbeat === undefined ? [] : ["signs of life", "longest gap, s"])],
    [[soak.minutes, soak.rules, soak.targets, soak.fired.length, soak.pended.length, soak.messages.length, ...pulse]],
  );
}

/** A sentence for each thing that an idle lab should not have shown. */
export function soakComplaints(soak: Soak, heartbeatSeconds: number): string[] {
  const { heartbeat } = soak;
  const gap = heartbeat?.longestGapSeconds ?? 0;
  return [
    ...soak.fired.map((alert) => `${alert} fired, though nothing was wrong.`),
    ...soak.messages.map((title) => `Slack was told, though nothing was wrong: ${title}.`),
    ...(gap > 2 * heartbeatSeconds
      ? [`No sign of life for ${gap.toFixed(0)} s, more than twice the interval of ${heartbeatSeconds} s.`]
      : []),
  ];
}
