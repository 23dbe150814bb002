import { argumentList, budgetRow, environment, mountRow, onlyTrees, switchedOn } from "./rows-forms";
import { gone, moved, type Row, migrated } from "./rows";
import { isMap } from "../../validation/plain-data";

const pinned = "its version goes with the chart, and alerting:images.registry says where it comes from";
const policies = "Kubernetes has no pod security policies since 1.25";
const subchart = "a sub-chart names its container itself";

const node = "prometheus-node-exporter";
/** node-exporter, a sub-chart since 16. */
const nodeExporter: Row[] = [
  moved("nodeExporter", 16, node, onlyTrees),
  gone("nodeExporter.name", 16, subchart),
  gone("nodeExporter.image", 16, pinned),
  moved("nodeExporter.service", 16, `${node}.service`, onlyTrees),
  gone("nodeExporter.podSecurityPolicy", 16, policies),
  moved("nodeExporter.hostRootfs", 16, `${node}.hostRootFsMount.enabled`),
  // The old chart wrote the flag without a value, which switches it on.
  moved(
    "nodeExporter.extraArgs",
    16,
    `${node}.extraArgs`,
    argumentList((name) => `--${name}`),
  ),
  moved("nodeExporter.extraHostPathMounts", 16, `${node}.extraHostVolumeMounts`),
  mountRow("nodeExporter.extraConfigmapMounts", 16, node),
  moved("nodeExporter.pod.labels", 16, `${node}.podLabels`),
  moved("nodeExporter.container.securityContext", 16, `${node}.containerSecurityContext`),
  moved("nodeExporter.deploymentAnnotations", 16, `${node}.daemonsetAnnotations`),
  gone("nodeExporter.podDisruptionBudget", 16, "a DaemonSet has no use for one"),
  // Where it listens; `servicePort` is the Service's.
  moved("nodeExporter.service.hostPort", 16, `${node}.service.port`),
  gone("nodeExporter.service.externalIPs", 16, "its Service is for the cluster alone"),
  gone("nodeExporter.service.loadBalancerIP", 16, "its Service is for the cluster alone"),
  gone("nodeExporter.service.loadBalancerSourceRanges", 16, "its Service is for the cluster alone"),
  moved("nodeExporter.service.*", 16, `${node}.service.*`),
  moved("nodeExporter.*", 16, `${node}.*`),
  moved(`${node}.hostRootfs`, 16, `${node}.hostRootFsMount.enabled`),
  gone(`${node}.rbac.pspEnabled`, 28, policies),
  gone(`${node}.rbac.pspAnnotations`, 28, policies),
];

const push = "prometheus-pushgateway";
/** Pushgateway, a sub-chart since 17. */
const pushgateway: Row[] = [
  moved("pushgateway", 17, push, onlyTrees),
  gone("pushgateway.name", 17, subchart),
  gone("pushgateway.image", 17, pinned),
  moved("pushgateway.service", 17, `${push}.service`, onlyTrees),
  gone("pushgateway.podSecurityPolicy", 17, policies),
  moved(
    "pushgateway.extraArgs",
    17,
    `${push}.extraArgs`,
    argumentList((name) => `--no-${name}`),
  ),
  moved("pushgateway.extraEnv", 17, `${push}.extraVars`, environment),
  budgetRow("pushgateway.podDisruptionBudget", 17, `${push}.podDisruptionBudget`),
  gone("pushgateway.verticalAutoscaler", 17, "its chart has no autoscaler"),
  gone("pushgateway.dnsConfig", 17, "its chart does not take it"),
  moved("pushgateway.service.annotations", 17, `${push}.serviceAnnotations`),
  moved("pushgateway.service.labels", 17, `${push}.serviceLabels`),
  moved("pushgateway.service.servicePort", 17, `${push}.service.port`),
  gone("pushgateway.service.externalIPs", 17, "its Service does not take them"),
  moved("pushgateway.service.*", 17, `${push}.service.*`),
  gone("pushgateway.schedulerName", 17, "its chart does not take it"),
  gone(
    "pushgateway.probeHeaders",
    17,
    `today they are part of \`${push}.liveness.probe\` and \`${push}.readiness.probe\``,
  ),
  moved("pushgateway.emptyDir.sizeLimit", 17, `${push}.persistentVolume.emptyDir.sizeLimit`),
  moved("pushgateway.ingress.ingressClassName", 17, `${push}.ingress.className`),
  moved("pushgateway.ingress.*", 17, `${push}.ingress.*`),
  moved("pushgateway.persistentVolume.*", 17, `${push}.persistentVolume.*`),
  moved("pushgateway.*", 17, `${push}.*`),
];

const state = "kube-state-metrics";
/** kube-state-metrics: its switch until 19, its own keys in charts before 15 that had it within, and its sub-chart's old ones. */
const stateMetrics: Row[] = [
  moved("kubeStateMetrics", 19, state, onlyTrees),
  gone("kubeStateMetrics.name", 15, subchart),
  gone("kubeStateMetrics.image", 15, pinned),
  moved("kubeStateMetrics.service", 15, `${state}.service`, onlyTrees),
  gone("kubeStateMetrics.podSecurityPolicy", 15, policies),
  ...["args", "extraArgs"].map((key) =>
    moved(
      `kubeStateMetrics.${key}`,
      15,
      `${state}.extraArgs`,
      argumentList((name) => `--${name}=false`),
    ),
  ),
  moved("kubeStateMetrics.replicaCount", 15, `${state}.replicas`),
  moved("kubeStateMetrics.pod.labels", 15, `${state}.podLabels`),
  moved("kubeStateMetrics.service.servicePort", 15, `${state}.service.port`),
  gone("kubeStateMetrics.service.externalIPs", 15, "its Service does not take them"),
  moved("kubeStateMetrics.service.*", 15, `${state}.service.*`),
  moved("kubeStateMetrics.*", 19, `${state}.*`),
  gone(`${state}.podSecurityPolicy`, 23, policies),
  gone(`${state}.kubeTargetVersionOverride`, 23, "it served those policies alone"),
  moved(`${state}.metricWhitelist`, 23, `${state}.metricAllowlist`),
  moved(`${state}.metricBlacklist`, 23, `${state}.metricDenylist`),
  moved(`${state}.namespace`, 23, `${state}.namespaces`),
  migrated(
    `${state}.collectors`,
    23,
    `today it is a list of names`,
    (value, migration, path) => migration.value(path, switchedOn(value)),
    { when: isMap, whole: true },
  ),
];

/** Service accounts, which the sub-charts make. */
const accounts: Row[] = (
  [
    ["alertmanager", 18, "alertmanager"],
    ["nodeExporter", 16, node],
    ["pushgateway", 17, push],
    ["kubeStateMetrics", 19, state],
  ] as const
).flatMap(([from, version, to]) => [
  moved(`serviceAccounts.${from}`, version, `${to}.serviceAccount`, onlyTrees),
  moved(`serviceAccounts.${from}.*`, version, `${to}.serviceAccount.*`),
]);

/** What the exporters' values were called in charts 15 to 28. */
export const exporterRows: readonly Row[] = [...nodeExporter, ...pushgateway, ...stateMetrics, ...accounts];
