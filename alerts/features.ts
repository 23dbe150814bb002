import type { ExpressionFacts } from "../prometheus/parsers/parsers";

/** Parts of the installation that can be switched off, by the keys of the chart's values. */
const parts = ["kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"] as const;

/** What a rule may need besides Prometheus itself. */
export type Feature = (typeof parts)[number] | "heartbeat";

/** Which part exposes the metrics whose names begin so. */
const metrics: readonly [prefix: RegExp, part: Feature][] = [
  [/^kube_/, "kube-state-metrics"],
  [/^node_/, "prometheus-node-exporter"],
  [/^push(gateway)?_/, "prometheus-pushgateway"],
];

/** Rule files that need something that their metrics do not show. */
const files: Readonly<Record<string, Feature>> = { "rules/watchdog.yaml": "heartbeat" };

/** What a rule needs, by the metrics that its expression reads and by the file that it stands in. */
export function featuresNeeded(file: string, { selectors }: Pick<ExpressionFacts, "selectors">): Feature[] {
  const needed = new Set<Feature>();
  if (files[file] !== undefined) needed.add(files[file]);
  for (const { metric } of selectors) for (const [prefix, part] of metrics) if (prefix.test(metric)) needed.add(part);
  return [...needed];
}

/** What is off: parts that the override of the chart's values switches off, and the heartbeat where it goes nowhere. */
export function featuresOff(override: Readonly<Record<string, unknown>>, heartbeat: boolean): Set<Feature> {
  const off = new Set<Feature>(parts.filter((part) => isOff(override[part])));
  if (!heartbeat) off.add("heartbeat");
  return off;
}

function isOff(values: unknown): boolean {
  return typeof values === "object" && values !== null && (values as { enabled?: unknown }).enabled === false;
}

/** Scrape jobs of the chart that this program's alerts rely on, and what would go unnoticed without each. */
export const ruleJobs: Readonly<Record<string, string>> = {
  prometheus: "no alert could tell that Prometheus stores nothing, finds no targets or fails at its rules",
  alertmanager: "InstanceDown would not cover Alertmanager, and NotificationsFailing could not fire",
  "kubernetes-api-servers": "InstanceDown would not cover the API server, and CertificateExpires could not fire",
  "kubernetes-nodes":
    "InstanceDown would not cover the kubelets, and VolumeFilling and NodeExporterMissing could not fire",
  "kubernetes-service-endpoints":
    "kube-state-metrics and node-exporter are its targets, and no alert about nodes, pods, rollouts and Jobs could fire",
  "prometheus-pushgateway": "InstanceDown would not cover the Pushgateway, and PushgatewayGroupStale could not fire",
};
