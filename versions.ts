/** The prometheus-community/prometheus chart. Its values, names and labels are what `components/` is written for. */
export const prometheusChart = {
  name: "prometheus",
  version: "29.27.0",
  repository: "https://prometheus-community.github.io/helm-charts",
} as const;

/** The chart of the EFS CSI driver; used where `alerting:efsCsiDriver` is `install`. */
export const efsCsiDriverChart = {
  name: "aws-efs-csi-driver",
  version: "3.2.1",
  repository: "https://kubernetes-sigs.github.io/aws-efs-csi-driver",
} as const;
