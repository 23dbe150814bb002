import { z } from "zod";
import type { Ping } from "../../lab/heartbeat/start";
import type { ActiveAlert, PrometheusApi } from "../../lab/prometheus-api";
import { nodeInhibitor } from "../../values/alertmanager-routes";
import { watchdogAlert } from "../../values/heartbeat-receiver";
import { markdown } from "../markdown";

/** What was seen while nothing was wrong. */
export interface Soak {
  readonly rules: number;
  readonly targets: number;
  readonly phases: readonly Phase[];
}

/** What was seen while the lab was idle, or during one kind of upkeep. */
export interface Phase {
  readonly name: string;
  readonly minutes: number;
  /** Alerts that fired although nothing was wrong, each with the labels that identify its object. */
  readonly fired: readonly string[];
  /** Alerts that were pending but never fired. */
  readonly pended: readonly string[];
  /** Titles of the messages that Slack received. */
  readonly messages: readonly string[];
  readonly heartbeat: Heartbeat;
}

/** The heartbeats that arrived. */
export interface Heartbeat {
  readonly pings: number;
  readonly longestGapSeconds: number;
}

/** Alerts by the object that they concern, each with every state in which it was seen. */
export class SeenAlerts {
  private readonly states = new Map<string, Set<string>>();

  public add(alerts: readonly Pick<ActiveAlert, "labels" | "state">[]): void {
    for (const { labels, state } of alerts.filter(({ labels }) => !unsent.includes(labels.alertname ?? ""))) {
      const key = nameOf(labels);
      this.states.set(key, (this.states.get(key) ?? new Set()).add(state));
    }
  }

  /** The alerts that were seen firing. */
  public get fired(): string[] {
    return this.of((states) => states.has("firing"));
  }

  /** The alerts that were seen pending but never firing. */
  public get pended(): string[] {
    return this.of((states) => states.has("pending") && !states.has("firing"));
  }

  private of(matches: (states: ReadonlySet<string>) => boolean): string[] {
    return [...this.states].filter(([, states]) => matches(states)).map(([key]) => key);
  }
}

/** Alerts that are for other alerts, and that nobody gets. */
const unsent = [watchdogAlert, nodeInhibitor];

const ABOUT = ["job", "node", "namespace", "pod", "instance"];

function nameOf(labels: Readonly<Record<string, string>>): string {
  const about = ABOUT.flatMap((label) => labels[label] ?? []).join(" ");
  return about === "" ? (labels.alertname ?? "?") : `${labels.alertname ?? "?"} (${about})`;
}

const samplesAnswer = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});
const rulesAnswer = z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) }) });

/** Every alert that was pending or firing in the last seconds, according to Prometheus' ALERTS series. */
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

/** How many alerting rules are loaded. */
export async function ruleCount(prometheus: PrometheusApi): Promise<number> {
  const { data } = rulesAnswer.parse(JSON.parse(await prometheus.page("/api/v1/rules?type=alert")));
  return data.groups.reduce((sum, { rules }) => sum + rules.length, 0);
}

/** The heartbeats between two moments. A gap that is open at `from` counts from the heartbeat before. */
export function heartbeatOf(pings: readonly Pick<Ping, "at">[], from: number, to: number): Heartbeat {
  const times = pings.map(({ at }) => at).filter((at) => at >= from && at <= to);
  const before = pings.map(({ at }) => at).filter((at) => at < from);
  const marks = [before.length > 0 ? Math.max(...before) : from, ...times, to];
  const gaps = marks.slice(1).map((mark, index) => mark - (marks[index] ?? mark));
  return { pings: times.length, longestGapSeconds: Math.max(...gaps) / 1000 };
}

/** The table for docs/benchmarks.md. */
export function soakMarkdown({ phases }: Soak): string {
  return markdown(
    [
      ...["what happens", "minutes", "alerts fired", "alerts pending, never firing", "messages in Slack"],
      ...["heartbeats", "longest gap between heartbeats, s"],
    ],
    phases.map(({ name, minutes, fired, pended, messages, heartbeat }) => [
      ...[name, minutes.toFixed(0), fired.length, pended.length, messages.length],
      ...[heartbeat.pings, heartbeat.longestGapSeconds.toFixed(0)],
    ]),
  );
}

/** A sentence for each event that should not happen while nothing is wrong. */
export function soakComplaints({ phases }: Soak, heartbeatSeconds: number): string[] {
  return phases.flatMap(({ name, fired, messages, heartbeat: { longestGapSeconds: gap } }) => [
    ...fired.map((alert) => `${name}: ${alert} fired, although nothing was wrong.`),
    ...messages.map((title) => `${name}: Slack received a message although nothing was wrong: ${title}.`),
    ...(gap > 2 * heartbeatSeconds
      ? [`${name}: no heartbeat for ${gap.toFixed(0)} s, more than twice the interval of ${heartbeatSeconds} s.`]
      : []),
  ]);
}
