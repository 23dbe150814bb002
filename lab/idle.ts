import { setTimeout as delay } from "node:timers/promises";
import { type LabNode, labNodes } from "./cluster-nodes";
import { NoAnswer } from "../tools/stack/servers/http";
import type { Say } from "./progress";
import { type ActiveAlert, PrometheusApi, type Target } from "./prometheus-api";
import type { Urls } from "./web";

const pollMs = 200;
/** How long to wait: Prometheus uses the last sample of a target that is gone for five minutes (docs/faults.md). */
const patienceSeconds = 360;

/** The number of targets in an idle lab, by their label `app_kubernetes_io_name` or by their job. */
const expectedTargets: Readonly<Record<string, number>> = {
  prometheus: 1,
  alertmanager: 1,
  "kube-state-metrics": 1,
  "prometheus-node-exporter": labNodes.length,
  "prometheus-pushgateway": 1,
  "kubernetes-api-servers": 1,
  "kubernetes-nodes": labNodes.length,
  "kubernetes-nodes-cadvisor": labNodes.length,
};

/** The alerts about targets, which only the lab can cause. Other work on this machine can make other alerts pending. */
const aboutTargets = /^(InstanceDown|JobDown)$/;

/**
 * The reasons why the lab is not idle: targets that are down or missing, and active alerts except Watchdog. A pending
 * alert counts only if it is about targets, because other programs on this machine can cause other pending alerts.
 */
export function unrest(
  targets: readonly Target[],
  alerts: readonly ActiveAlert[],
  expected: Readonly<Record<string, number>>,
  ignored: readonly string[] = [],
): string[] {
  const down = targets.filter((target) => target.health !== "up");
  const missing = Object.entries(expected)
    .map(([kind, count]) => ({
      kind,
      count,
      seen: targets.filter((target) => [target.labels.app_kubernetes_io_name, target.labels.job].includes(kind)).length,
    }))
    .filter(({ count, seen }) => seen < count);
  const loud = alerts.filter(
    ({ labels: { alertname = "" }, state }) =>
      !/^Watchdog/.test(alertname) &&
      !ignored.includes(alertname) &&
      (state === "firing" || aboutTargets.test(alertname)),
  );
  return [
    ...(targets.length === 0 ? ["Prometheus has no targets yet"] : []),
    ...down.map((target) => `${target.labels.job} ${target.scrapeUrl} is ${target.health}: ${target.lastError || "-"}`),
    ...missing.map(({ kind, count, seen }) => `${seen} of ${count} targets of ${kind} are known`),
    ...loud.map((alert) => `${alert.labels.alertname} is ${alert.state} for ${alert.labels.instance ?? "?"}`),
  ];
}

/** The numbers of replicas of a stack. */
export interface Replicas {
  readonly alertmanagers: number;
  readonly prometheus: number;
}

/** The numbers of targets in an idle lab with these replicas. */
export function targetsOf(nodes: readonly LabNode[], { alertmanagers, prometheus }: Replicas): Record<string, number> {
  const onEveryNode = ["prometheus-node-exporter", "kubernetes-nodes", "kubernetes-nodes-cadvisor"];
  return {
    prometheus,
    alertmanager: alertmanagers,
    ...Object.fromEntries(onEveryNode.map((kind) => [kind, nodes.length])),
  };
}

/** What is normal in an idle lab, in addition to the defaults. */
export interface Idleness {
  /** The alerts that may be active. */
  readonly alerts?: readonly string[];
  /** The numbers of targets that differ from those of the default nodes and replicas. */
  readonly targets?: Readonly<Record<string, number>>;
}

/** The targets, and what the lab waits for, such as a Prometheus that does not answer because it starts. */
async function stateOf(prometheus: PrometheusApi, given: Idleness) {
  try {
    const targets = await prometheus.targets();
    const expected = { ...expectedTargets, ...given.targets };
    return { targets, reasons: unrest(targets, await prometheus.alerts(), expected, given.alerts) };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { targets: [], reasons: [error.message] };
  }
}

/**
 * Waits until every target is up and no alert is active except those given, and returns the number of targets.
 * The error lists what was still missing.
 */
export async function settle(urls: Urls, say: Say, given: Idleness = {}): Promise<number> {
  const prometheus = new PrometheusApi(urls.prometheus, urls.access);
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let last = ""; ;) {
    const { targets, reasons } = await stateOf(prometheus, given);
    if (reasons.length === 0) {
      say(`${targets.length} targets up, no alert active`);
      return targets.length;
    }
    if (Date.now() > deadline) {
      throw new Error(`The lab is not idle after ${patienceSeconds} s:\n  ${reasons.join("\n  ")}`);
    }
    const state = `${reasons.length} things to wait for, first: ${reasons[0] ?? ""}`;
    if (state !== last) say(state);
    last = state;
    await delay(pollMs);
  }
}
