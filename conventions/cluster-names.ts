/** The release's name; with it the chart's objects are called as in the lines below. */
export const releaseName = "prometheus";

/** Names that the chart gives its objects under this release's name (its template helpers decide, not we). */
export const chartNames = {
  server: "prometheus-server",
  alertmanager: "prometheus-alertmanager",
  pushgateway: "prometheus-prometheus-pushgateway",
  nodeExporter: "prometheus-prometheus-node-exporter",
  /** The service account of the server has the server's name. */
  serverAccount: "prometheus-server",
  /** The claim that Alertmanager's StatefulSet looks for before it makes one. */
  alertmanagerClaim: "storage-prometheus-alertmanager-0",
} as const;

/** Labels of the cluster role that every release of the chart makes, whatever the release is called. */
export const chartRoleLabels = "app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server";

/** The label that marks a namespace of ours, and the annotation that says whose. */
export const ownerLabel = "alerting-owner";
export const ownerAnnotation = "alerting-owner/stack";

/** The namespace of only node-exporter, which needs more access to its nodes than anything else may have. */
export function nodesNamespace(namespace: string): string {
  return `${namespace}-nodes`;
}

/** The label that every object of ours is made with. */
export const partOf = { key: "app.kubernetes.io/part-of", value: "alerting" } as const;

/** The label of namespaces whose pods may push to the Pushgateway, and of those whose pods may read from Prometheus. */
export const pushgatewayAccess = { key: "alerting-pushgateway", value: "true" } as const;
export const readerAccess = { key: "alerting-reader", value: "true" } as const;

/** Claim of Prometheus' data on EFS; the chart gets its name. */
export const serverClaim = "prometheus-data";

/** The annotation of a volume on EFS that says whether its file system was `given` by a setting or `made` by the stack. */
export const fileSystemAnnotation = "alerting-owner/file-system";

/** The cluster role that Prometheus scrapes by, and its binding; the chart's own, which is not created, would be `prometheus-server`. */
export const prometheusRole = "alerting-prometheus";

/** The ConfigMap that holds the stack's outputs. */
export const outputsConfigMap = "alerting-outputs";

/** The priority class that is made unless the configuration names one. */
export const defaultPriorityClass = "alerting";

/** The field manager of the node labels. It must never change: the old labels would then belong to an unknown manager. */
export const nodeLabelManager = "alerting-node-labels";

/** Kubernetes' name of the EFS CSI driver. */
export const efsCsiDriverName = "efs.csi.aws.com";
