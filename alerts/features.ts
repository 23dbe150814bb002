import type { ExpressionFacts } from "../prometheus/parsers/parsers";
import type { StackSettings } from "../settings/stack-settings";

/** Components that can be disabled, by their keys in the chart's values. */
const parts = ["kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"] as const;

/** A component that can be disabled. */
type Part = (typeof parts)[number];
/** A feature that a rule may need besides Prometheus itself. */
export type Feature = Part | "heartbeat" | "alertmanager-replicas" | "prometheus-replicas";

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
 * configured, and replicas where there is only one.
 */
export function featuresOff({
  values,
  heartbeatIsSet = false,
  availability,
}: Pick<StackSettings, "values" | "heartbeatIsSet" | "availability">): Set<Feature> {
  return new Set<Feature>([
    ...partsOff(values),
    ...(heartbeatIsSet ? [] : (["heartbeat"] as const)),
    ...(availability.alertmanagers > 1 ? [] : (["alertmanager-replicas"] as const)),
    ...(availability.prometheus > 1 ? [] : (["prometheus-replicas"] as const)),
  ]);
}

function isOff(values: unknown): boolean {
  return typeof values === "object" && values !== null && (values as { enabled?: unknown }).enabled === false;
}

/** The chart's scrape jobs that built-in alerts rely on, and the problems that would go unnoticed without each. */
export const ruleJobs: Readonly<Record<string, string>> = {
  prometheus: "no alert could report that Prometheus stores nothing, finds no targets or fails at its rules",
  alertmanager: "InstanceDown would not cover Alertmanager, and NotificationsFailing could not fire",
  "kubernetes-api-servers": "InstanceDown would not cover the API server, and CertificateExpires could not fire",
  "kubernetes-nodes":
    "InstanceDown would not cover the kubelets, and alerts about volumes and evictions and NodeExporterMissing could not fire",
  "kubernetes-service-endpoints":
    "kube-state-metrics and node-exporter are its targets, and no alert about nodes, pods, rollouts and Jobs could fire",
  "prometheus-pushgateway": "InstanceDown would not cover the Pushgateway, and PushgatewayGroupStale could not fire",
};
