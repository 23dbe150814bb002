import { setTimeout as delay } from "node:timers/promises";
import { firingBounds, resolvedBounds, type Timing } from "../tools/drill/bounds";
import type { Nodes } from "./nodes/start";
import type { Say } from "./progress";
import type { ActiveAlert, PrometheusApi, Target } from "./prometheus-api";
import type { Slack, SlackMessage } from "./slack/start";
import { readSlackPayload } from "./slack-message";

/** What happens in a drill, in this order. */
export const DRILL_EVENTS = [
  "node_stopped",
  "pending",
  "firing",
  "slack_firing",
  "node_started",
  "slack_resolved",
] as const;
export type DrillEventName = (typeof DRILL_EVENTS)[number];

/** As people read them. */
export const eventTitles: Readonly<Record<DrillEventName, string>> = {
  node_stopped: "node stops",
  pending: "pending",
  firing: "firing",
  slack_firing: "in Slack",
  node_started: "node starts",
  slack_resolved: "resolved in Slack",
};

/** One event of a drill. */
export interface DrillEvent {
  readonly event: DrillEventName;
  readonly at: string;
  readonly secondsSinceStop: number;
}

/** What a drill showed. */
export interface DrillResult {
  readonly node: string;
  readonly events: readonly DrillEvent[];
  readonly messages: readonly SlackMessage[];
}

/** The intervals that decide how long a drill may take, in seconds. */
export type AlertTimes = Omit<Timing, "scrapeTimeout">;

/** What a drill needs. */
export interface DrillOptions {
  readonly prometheus: PrometheusApi;
  readonly slack: Pick<Slack, "nextMessage">;
  readonly nodes: Pick<Nodes, "stopProgram" | "startProgram">;
  readonly node: { readonly name: string; readonly address: string };
  readonly times: AlertTimes;
  readonly say: Say;
}

const POLL_MS = 200;
/** What a busy machine may add to the intervals of the configuration. */
const SLACK_SECONDS = 60;

/**
 * Stops the node-exporter of a node and follows the alert to Slack and back. Prometheus tells nobody when an alert
 * changes its state, so it is asked five times a second; the receiver says when a message has come.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { node, nodes, slack, say, times } = options;
  const program = { program: "node_exporter", node: node.name } as const;
  const untilSlack = firingBounds(timingOf(times), "reset").max + SLACK_SECONDS;
  const untilResolved = resolvedBounds(timingOf(times)).max + SLACK_SECONDS;
  const events: DrillEvent[] = [];
  const stopped = Date.now();
  const note = (event: DrillEventName, at = Date.now()) => {
    const secondsSinceStop = (at - stopped) / 1000;
    events.push({ event, at: new Date(at).toISOString(), secondsSinceStop });
    say(`${eventTitles[event]} (${secondsSinceStop.toFixed(1)} s)`);
  };
  const message = (word: "FIRING" | "RESOLVED", seconds: number) =>
    slack.nextMessage(
      // An earlier drill's of the same node may not have been asked for.
      (candidate) => Date.parse(candidate.receivedAt) >= stopped && isAbout(candidate, word, node.address),
      seconds * 1000,
    );
  // Waited for from the start: a message that comes between two steps is not missed.
  const firingMessage = message("FIRING", untilSlack);
  firingMessage.catch(() => undefined);
  note("node_stopped", stopped);
  await nodes.stopProgram(program);
  try {
    await untilAlert(options, "pending", untilSlack);
    note("pending");
    await untilAlert(options, "firing", untilSlack);
    note("firing");
    const firing = await firingMessage;
    // It fired before it was told, however late a busy machine came to look.
    noLaterThan(events, stopped, Date.parse(firing.receivedAt));
    note("slack_firing", Date.parse(firing.receivedAt));
    note("node_started");
    const resolvedMessage = message("RESOLVED", untilResolved);
    resolvedMessage.catch(() => undefined);
    await nodes.startProgram(program);
    const resolved = await resolvedMessage;
    note("slack_resolved", Date.parse(resolved.receivedAt));
    return { node: node.name, events, messages: [firing, resolved] };
  } catch (error) {
    await nodes.startProgram(program);
    throw error;
  }
}

/** Moves what was seen too late to when it must have been at the latest. */
function noLaterThan(events: DrillEvent[], stopped: number, at: number): void {
  events.forEach(({ event, at: seen }, index) => {
    if (Date.parse(seen) > at) {
      events[index] = { event, at: new Date(at).toISOString(), secondsSinceStop: (at - stopped) / 1000 };
    }
  });
}

/** A program that is ended refuses connections, so that no scrape has to time out. */
export function timingOf(times: AlertTimes): Timing {
  return { ...times, scrapeTimeout: Math.min(5, times.scrape) };
}

function isAbout(message: SlackMessage, word: string, address: string): boolean {
  const readable = readSlackPayload(message.payload);
  return readable.title.includes(`[${word}`) && [readable.title, ...readable.lines].join("\n").includes(address);
}

async function untilAlert(options: DrillOptions, state: "pending" | "firing", seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const alert = (await options.prometheus.alerts()).find((candidate) =>
      isInstanceDown(candidate, options.node.address),
    );
    if (alert?.state === state || alert?.state === "firing") {
      return;
    }
    if (Date.now() > deadline) {
      const seen = alert === undefined ? "no such alert" : `it is ${alert.state}`;
      throw new Error(
        `InstanceDown of ${options.node.name} is not ${state} within ${seconds.toFixed(0)} s of the stop: ${seen}.`,
      );
    }
    await delay(POLL_MS);
  }
}

function isInstanceDown(alert: ActiveAlert, address: string): boolean {
  return alert.labels.alertname === "InstanceDown" && (alert.labels.instance ?? "").startsWith(`${address}:`);
}

/** Alerts of which the lab's own doings are the cause; others pend by what else this machine does. */
const ABOUT_TARGETS = /^(InstanceDown|JobDown)$/;

/**
 * What keeps the lab from being idle: nothing when every target is up and no alert but Watchdog-like ones fires.
 * An alert that pends counts where it is about targets: this machine's processors and disk have others to serve.
 */
export function unrest(
  targets: readonly Target[],
  alerts: readonly ActiveAlert[],
  expected: Readonly<Record<string, number>>,
  ignored: readonly string[] = [],
): string[] {
  const down = targets.filter((target) => target.health !== "up");
  const missing = Object.entries(expected)
    .map(([kind, count]) => ({ kind, count, seen: targets.filter((target) => kindsOf(target).includes(kind)).length }))
    .filter(({ count, seen }) => seen < count);
  const loud = alerts.filter(
    ({ labels: { alertname = "" }, state }) =>
      !/^Watchdog/.test(alertname) &&
      !ignored.includes(alertname) &&
      (state === "firing" || ABOUT_TARGETS.test(alertname)),
  );
  return [
    ...(targets.length === 0 ? ["no target is known yet"] : []),
    ...down.map((target) => `${target.scrapePool} ${target.scrapeUrl} is ${target.health}: ${target.lastError || "-"}`),
    ...missing.map(({ kind, count, seen }) => `${seen} of ${count} targets of ${kind} are known`),
    ...loud.map((alert) => `${alert.labels.alertname} is ${alert.state} for ${alert.labels.instance ?? "?"}`),
  ];
}

function kindsOf({ labels, scrapePool }: Target): (string | undefined)[] {
  return [labels.app_kubernetes_io_name, labels.job, scrapePool];
}

/** Waits until the lab is idle; tells what keeps it from that when it takes too long. */
export async function untilIdle(
  prometheus: PrometheusApi,
  options: {
    expected: Readonly<Record<string, number>>;
    timeoutSeconds: number;
    say: Say;
    /** Alerts that may be active all the same. */
    ignored?: readonly string[];
  },
): Promise<readonly Target[]> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  for (let last = ""; ;) {
    const targets = await prometheus.targets();
    const reasons = unrest(targets, await prometheus.alerts(), options.expected, options.ignored);
    if (reasons.length === 0) {
      options.say(`${targets.length} targets up, no alert active`);
      return targets;
    }
    if (Date.now() > deadline) {
      throw new Error(`The lab is not idle after ${options.timeoutSeconds} s:\n  ${reasons.join("\n  ")}`);
    }
    const state = `${reasons.length} things to wait for, first: ${reasons[0] ?? ""}`;
    if (state !== last) {
      options.say(state);
      last = state;
    }
    await delay(POLL_MS);
  }
}
