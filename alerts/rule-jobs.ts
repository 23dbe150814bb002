/** Scrape jobs of the chart that this program's alerts rely on, and what could not be told without one. */
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
