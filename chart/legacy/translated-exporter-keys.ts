import { isMap } from "../../validation/plain-data";
import { migrated, moved, type Row } from "./key-translation";
import { argumentList, budgetRow, environment, mountRow, switchedOn } from "./translated-forms";

/**
 * Keys of the exporters that have another form in their sub-charts. A flag with the value `false` becomes the flag by
 * which each program disables it.
 */
export const exporterRows: readonly Row[] = [
  // The old chart enabled such a flag: it wrote only the name of the flag, without `false`.
  flags("nodeExporter.extraArgs", 16, "prometheus-node-exporter", (name) => `--${name}`),
  flags("pushgateway.extraArgs", 17, "prometheus-pushgateway", (name) => `--no-${name}`),
  flags("kubeStateMetrics.args", 15, "kube-state-metrics", (name) => `--${name}=false`),
  flags("kubeStateMetrics.extraArgs", 15, "kube-state-metrics", (name) => `--${name}=false`),
  mountRow("nodeExporter.extraConfigmapMounts", 16, "prometheus-node-exporter"),
  moved("pushgateway.extraEnv", 17, "prometheus-pushgateway.extraVars", environment),
  budgetRow("pushgateway.podDisruptionBudget", 17, "prometheus-pushgateway.podDisruptionBudget"),
  migrated(
    "kube-state-metrics.collectors",
    23,
    "today it is a list of names",
    (value, migration, path) => migration.value(path, switchedOn(value)),
    { when: isMap, whole: true },
  ),
];

function flags(key: string, version: number, chart: string, off: (name: string) => string): Row {
  return moved(key, version, `${chart}.extraArgs`, argumentList(off));
}
