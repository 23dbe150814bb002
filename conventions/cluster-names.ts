/** The name of the Helm release. The chart derives the names below from it. */
export const releaseName = "prometheus";

/** Names that the chart's template helpers give to its objects for this release name. */
export const chartNames = {
  server: "prometheus-server",
  alertmanager: "prometheus-alertmanager",
  /** The Service whose name resolves to every Alertmanager. */
  alertmanagerHeadless: "prometheus-alertmanager-headless",
  pushgateway: "prometheus-prometheus-pushgateway",
  nodeExporter: "prometheus-prometheus-node-exporter",
  /** The server's service account has the name of the server. */
  serverAccount: "prometheus-server",
} as const;

/** The name of a replica's pod in the StatefulSets of the chart. */
export const alertmanagerPod = (index: number) => `${chartNames.alertmanager}-${index}`;
export const serverPod = (index: number) => `${chartNames.server}-${index}`;

/** The name of the claims' template in the chart's StatefulSets. */
export const claimTemplate = "storage";

/** The claim that a StatefulSet searches for a replica before it creates one. */
export const alertmanagerClaim = (index: number) => `${claimTemplate}-${alertmanagerPod(index)}`;
export const serverReplicaClaim = (index: number) => `${claimTemplate}-${serverPod(index)}`;

/** Labels of the cluster role that every release of the chart creates, whatever the release's name. */
export const chartRoleLabels = "app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server";

/** The label that marks a namespace of this program, and the annotation with its owner. */
export const ownerLabel = "alerting-owner";
export const ownerAnnotation = "alerting-owner/stack";

/** The namespace of node-exporter, which needs more access to its nodes than any other pod may have. */
export function nodesNamespace(namespace: string): string {
  return `${namespace}-nodes`;
}

/** The label of every object that this program creates. */
export const partOf = { key: "app.kubernetes.io/part-of", value: "alerting" } as const;

/** The label of namespaces whose pods may push to the Pushgateway, and of those whose pods may read from Prometheus. */
export const pushgatewayAccess = { key: "alerting-pushgateway", value: "true" } as const;
export const readerAccess = { key: "alerting-reader", value: "true" } as const;

/** The claim of the data of a single Prometheus on EFS; the chart is given this name. */
export const serverClaim = "prometheus-data";

/**
 * The annotation of a volume on EFS that says whether its file system was `given` by a setting or `made` by the stack.
 */
export const fileSystemAnnotation = "alerting-owner/file-system";

/**
 * Prometheus' cluster role for scraping, and its binding. The chart's role, which is not created, would be
 * `prometheus-server`.
 */
export const prometheusRole = "alerting-prometheus";

/** The ConfigMap with the stack's outputs. */
export const outputsConfigMap = "alerting-outputs";

/** The priority class that is created unless the configuration names one. */
export const defaultPriorityClass = "alerting";

/**
 * The field manager of the node labels. It must never change: otherwise the existing labels would belong to an unknown
 * manager.
 */
export const nodeLabelManager = "alerting-node-labels";

/** Kubernetes' name of the EFS CSI driver. */
export const efsCsiDriverName = "efs.csi.aws.com";
