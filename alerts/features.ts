import type { ExpressionFacts } from "../prometheus/parsers/parsers";
import type { StackSettings } from "../settings/stack-settings";
import { isMap, listOf } from "../validation/plain-data";

/** Components that can be disabled, by their keys in the chart's values. */
const parts = ["kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"] as const;

/** A component that can be disabled. */
type Part = (typeof parts)[number];
/** A feature that a rule may need besides Prometheus itself. */
export type Feature =
  Part | "heartbeat" | "alertmanager-replicas" | "prometheus-replicas" | "control-plane-scraped" | "remote-write";

/** The component that exposes metrics, by a prefix of their names. */
const metrics: readonly [prefix: RegExp, part: Part][] = [
  [/^kube_/, "kube-state-metrics"],
  [/^node_/, "prometheus-node-exporter"],
  [/^push(gateway)?_/, "prometheus-pushgateway"],
];

/** Rule files that need a feature that their metrics do not reveal. */
const files: Readonly<Record<string, Feature>> = {
  "alerts/rules/watchdog.yaml": "heartbeat",
  "alerts/rules/alertmanager-replicas.yaml": "alertmanager-replicas",
  "alerts/rules/prometheus-replicas.yaml": "prometheus-replicas",
  "alerts/rules/control-plane-scraped.yaml": "control-plane-scraped",
  "alerts/rules/remote-write.yaml": "remote-write",
};

/** The features that a rule needs, derived from the metrics of its expression and from its file. */
export function featuresNeeded(file: string, { selectors }: Pick<ExpressionFacts, "selectors">): Feature[] {
  const needed = new Set<Feature>();
  if (files[file] !== undefined) needed.add(files[file]);
  for (const { metric } of selectors) for (const [prefix, part] of metrics) if (prefix.test(metric)) needed.add(part);
  return [...needed];
}

/** The components that the override of the chart's values disables. */
export function partsOff(override: Readonly<Record<string, unknown>>): Part[] {
  return parts.filter((part) => isOff(override[part]));
}

/**
 * The disabled features: components that the override of the chart's values disables, the heartbeat if none is
 * configured, replicas where there is only one, the control plane if it is not scraped, and remote write if there is
 * none.
 */
export function featuresOff({
  values,
  heartbeatIsSet = false,
  availability,
  prometheus,
  longTerm,
}: Pick<StackSettings, "values" | "heartbeatIsSet" | "availability" | "prometheus" | "longTerm">): Set<Feature> {
  return new Set<Feature>([
    ...partsOff(values),
    ...(heartbeatIsSet ? [] : (["heartbeat"] as const)),
    ...(availability.alertmanagers > 1 ? [] : (["alertmanager-replicas"] as const)),
    ...(availability.prometheus > 1 ? [] : (["prometheus-replicas"] as const)),
    ...(prometheus.scrapeControlPlane ? [] : (["control-plane-scraped"] as const)),
    ...(longTerm.engine !== undefined || writesElsewhere(values) ? [] : (["remote-write"] as const)),
  ]);
}

/** Whether the override of the chart's values makes Prometheus send its samples to another server too. */
function writesElsewhere({ server }: Readonly<Record<string, unknown>>): boolean {
  return isMap(server) && listOf(server["remoteWrite"]).length > 0;
}

function isOff(values: unknown): boolean {
  return isMap(values) && values["enabled"] === false;
}

/** The chart's scrape jobs that built-in alerts rely on, and the problems that would go unnoticed without each. */
export const ruleJobs: Readonly<Record<string, string>> = {
  prometheus: "no alert could report that Prometheus stores nothing, finds no targets or fails at its rules",
  alertmanager: "InstanceDown would not cover Alertmanager, and NotificationsFailing could not fire",
  "kubernetes-api-servers":
    "InstanceDown would not cover the API server, and no alert about the API server, etcd and certificates could fire",
  "kubernetes-nodes":
    "InstanceDown would not cover the kubelets, and no alert about kubelets, evictions, volumes and a missing node-exporter could fire",
  "kubernetes-service-endpoints":
    "kube-state-metrics and node-exporter are its targets, and no alert about nodes, pods, rollouts and Jobs could fire",
  "prometheus-pushgateway": "InstanceDown would not cover the Pushgateway, and PushgatewayGroupStale could not fire",
};
