/**
 * The prometheus-community/prometheus chart. The code in `components/` depends on the chart's values, names and labels.
 */
export const prometheusChart = {
  name: "prometheus",
  version: "29.27.0",
  repository: "https://prometheus-community.github.io/helm-charts",
} as const;

/** The sub-charts of that chart, with their packed versions. */
export const subCharts = {
  alertmanager: "1.42.0",
  "kube-state-metrics": "8.4.0",
  "prometheus-node-exporter": "4.56.1",
  "prometheus-pushgateway": "3.8.0",
} as const;

/** The images that the chart starts, as the chart names them, by their keys in `alerting:images.digests`. */
export const chartImages = {
  prometheus: { repository: "quay.io/prometheus/prometheus", tag: "v3.14.0" },
  alertmanager: { repository: "quay.io/prometheus/alertmanager", tag: "v0.34.0" },
  nodeExporter: { repository: "quay.io/prometheus/node-exporter", tag: "v1.12.1" },
  kubeStateMetrics: { repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics", tag: "v2.20.0" },
  pushgateway: { repository: "quay.io/prometheus/pushgateway", tag: "v1.11.3" },
} as const;

/** The chart of the EFS CSI driver. It is used if `alerting:efsCsiDriver` is `install`. */
export const efsCsiDriverChart = {
  name: "aws-efs-csi-driver",
  version: "3.2.1",
  repository: "https://kubernetes-sigs.github.io/aws-efs-csi-driver",
} as const;

/**
 * The version of the Pod Security Standards for the namespaces. It is pinned: with `latest`, an upgrade of the cluster
 * could refuse pods that ran before. An older cluster uses its newest version.
 */
export const podSecurityVersion = "v1.36";
