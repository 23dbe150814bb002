import { argumentList, budget, configMaps, environment, onlyTrees, switchedOn } from "./rows-forms";
import { gone, moved, type Row, translated } from "./rows";
import { isTree } from "./today-tree";

const pinned = "its version goes with the chart, and alerting:images.registry says where it comes from";
const policies = "Kubernetes has no pod security policies since 1.25";
const subchart = "a sub-chart names its container itself";

/** Keys that had the same form under the old name; the others follow below. */
function asBefore(from: string, version: number, to: string, keys: readonly string[]): Row[] {
  return keys.map((key) => moved(`${from}.${key}`, version, `${to}.${key}`));
}

const node = "prometheus-node-exporter";
/** node-exporter, a sub-chart since 16. */
const nodeExporter: Row[] = [
  moved("nodeExporter", 16, node, onlyTrees),
  ...asBefore("nodeExporter", 16, node, ["enabled", "hostNetwork", "hostPID", "priorityClassName", "updateStrategy"]),
  ...asBefore("nodeExporter", 16, node, ["tolerations", "nodeSelector", "affinity", "podAnnotations", "podLabels"]),
  ...asBefore("nodeExporter", 16, node, ["resources", "securityContext", "dnsConfig", "extraInitContainers"]),
  gone("nodeExporter.name", 16, subchart),
  gone("nodeExporter.image.*", 16, pinned),
  gone("nodeExporter.podSecurityPolicy", 16, policies),
  gone("nodeExporter.podSecurityPolicy.*", 16, policies),
  moved("nodeExporter.hostRootfs", 16, `${node}.hostRootFsMount.enabled`),
  moved("nodeExporter.extraArgs", 16, `${node}.extraArgs`, argumentList),
  moved("nodeExporter.extraHostPathMounts", 16, `${node}.extraHostVolumeMounts`),
  moved("nodeExporter.extraConfigmapMounts", 16, `${node}.configmaps`, configMaps),
  moved("nodeExporter.pod.labels", 16, `${node}.podLabels`),
  moved("nodeExporter.container.securityContext", 16, `${node}.containerSecurityContext`),
  moved("nodeExporter.deploymentAnnotations", 16, `${node}.daemonsetAnnotations`),
  gone("nodeExporter.podDisruptionBudget", 16, "a DaemonSet has no use for one"),
  gone("nodeExporter.podDisruptionBudget.*", 16, "a DaemonSet has no use for one"),
  moved("nodeExporter.service.servicePort", 16, `${node}.service.port`),
  gone("nodeExporter.service.hostPort", 16, `with hostNetwork it is ${node}.service.port`),
  ...asBefore("nodeExporter", 16, node, ["service.annotations", "service.labels", "service.clusterIP", "service.type"]),
  gone("nodeExporter.service.externalIPs", 16, "its Service is for the cluster alone"),
  gone("nodeExporter.service.loadBalancerIP", 16, "its Service is for the cluster alone"),
  gone("nodeExporter.service.loadBalancerSourceRanges", 16, "its Service is for the cluster alone"),
  moved("nodeExporter.*", 16, `${node}.*`),
  moved(`${node}.hostRootfs`, 16, `${node}.hostRootFsMount.enabled`),
  gone(`${node}.rbac.pspEnabled`, 28, policies),
  gone(`${node}.rbac.pspAnnotations`, 28, policies),
];

const push = "prometheus-pushgateway";
/** Pushgateway, a sub-chart since 17. */
const pushgateway: Row[] = [
  moved("pushgateway", 17, push, onlyTrees),
  ...asBefore("pushgateway", 17, push, ["enabled", "priorityClassName", "tolerations", "nodeSelector", "affinity"]),
  ...asBefore("pushgateway", 17, push, ["podAnnotations", "podLabels", "replicaCount", "resources", "securityContext"]),
  ...asBefore("pushgateway", 17, push, ["deploymentAnnotations", "extraInitContainers", "strategy"]),
  gone("pushgateway.name", 17, subchart),
  gone("pushgateway.image.*", 17, pinned),
  gone("pushgateway.podSecurityPolicy", 17, policies),
  gone("pushgateway.podSecurityPolicy.*", 17, policies),
  moved("pushgateway.extraArgs", 17, `${push}.extraArgs`, argumentList),
  moved("pushgateway.extraEnv", 17, `${push}.extraVars`, environment),
  { ...moved("pushgateway.podDisruptionBudget", 17, `${push}.podDisruptionBudget`, budget), whole: true },
  gone("pushgateway.verticalAutoscaler", 17, "its chart has no autoscaler"),
  gone("pushgateway.verticalAutoscaler.*", 17, "its chart has no autoscaler"),
  gone("pushgateway.dnsConfig", 17, "its chart does not take it"),
  moved("pushgateway.service.annotations", 17, `${push}.serviceAnnotations`),
  moved("pushgateway.service.labels", 17, `${push}.serviceLabels`),
  moved("pushgateway.service.servicePort", 17, `${push}.service.port`),
  ...asBefore("pushgateway", 17, push, ["service.clusterIP", "service.type", "service.loadBalancerIP"]),
  moved("pushgateway.service.loadBalancerSourceRanges", 17, `${push}.service.loadBalancerSourceRanges`),
  gone("pushgateway.service.externalIPs", 17, "its Service does not take them"),
  moved("pushgateway.ingress.annotations", 17, `${push}.ingress.annotations`),
  moved("pushgateway.ingress.*", 17, `${push}.ingress.*`),
  moved("pushgateway.persistentVolume.annotations", 17, `${push}.persistentVolume.annotations`),
  moved("pushgateway.persistentVolume.*", 17, `${push}.persistentVolume.*`),
  moved("pushgateway.*", 17, `${push}.*`),
];

const state = "kube-state-metrics";
/** kube-state-metrics: its switch until 19, its own keys in charts that had it within, and its sub-chart's old ones. */
const stateMetrics: Row[] = [
  moved("kubeStateMetrics", 19, state, onlyTrees),
  moved("kubeStateMetrics.enabled", 19, `${state}.enabled`),
  gone("kubeStateMetrics.name", 19, subchart),
  gone("kubeStateMetrics.image.*", 19, pinned),
  gone("kubeStateMetrics.podSecurityPolicy", 19, policies),
  gone("kubeStateMetrics.podSecurityPolicy.*", 19, policies),
  moved("kubeStateMetrics.args", 19, `${state}.extraArgs`, argumentList),
  moved("kubeStateMetrics.extraArgs", 19, `${state}.extraArgs`, argumentList),
  moved("kubeStateMetrics.replicaCount", 19, `${state}.replicas`),
  moved("kubeStateMetrics.pod.labels", 19, `${state}.podLabels`),
  moved("kubeStateMetrics.service.servicePort", 19, `${state}.service.port`),
  gone("kubeStateMetrics.service.externalIPs", 19, "its Service does not take them"),
  moved("kubeStateMetrics.service.annotations", 19, `${state}.service.annotations`),
  moved("kubeStateMetrics.service.*", 19, `${state}.service.*`),
  moved("kubeStateMetrics.*", 19, `${state}.*`),
  gone(`${state}.podSecurityPolicy`, 23, policies),
  gone(`${state}.podSecurityPolicy.*`, 23, policies),
  gone(`${state}.kubeTargetVersionOverride`, 23, "it served those policies alone"),
  moved(`${state}.metricWhitelist`, 23, `${state}.metricAllowlist`),
  moved(`${state}.metricBlacklist`, 23, `${state}.metricDenylist`),
  moved(`${state}.namespace`, 23, `${state}.namespaces`),
  translated(
    `${state}.collectors`,
    23,
    `today it is a list of names`,
    (value, draft, path) => draft.value(path, switchedOn(value)),
    { when: isTree, whole: true },
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
  moved(`serviceAccounts.${from}.annotations`, version, `${to}.serviceAccount.annotations`),
  moved(`serviceAccounts.${from}.*`, version, `${to}.serviceAccount.*`),
]);

/** What the exporters' values were called in charts 15 to 28. */
export const exporterRows: readonly Row[] = [...nodeExporter, ...pushgateway, ...stateMetrics, ...accounts];
