/** A licence that no package manager tells, and where it was read. */
interface KnownLicence {
  readonly licence: string;
  readonly source: string;
}

const ofProject = (project: string): KnownLicence => ({
  licence: "Apache-2.0",
  source: `the file LICENSE of https://github.com/${project}`,
});

/** Of the charts: what their Chart.yaml says, in its annotation `artifacthub.io/license`. */
export const chartLicence: KnownLicence = {
  licence: "Apache-2.0",
  source: "the chart's own Chart.yaml, annotation artifacthub.io/license",
};

/** Of the chart of the EFS CSI driver, and of the driver. */
export const efsCsiDriverLicence = ofProject("kubernetes-sigs/aws-efs-csi-driver");

/**
 * Of what each image starts, by the names of `alerting:images.digests`. The images hold more than that: the files of
 * their base (busybox, GPL-2.0; or distroless, of which each part has its own).
 */
export const imageLicences: Readonly<Record<string, KnownLicence>> = {
  prometheus: ofProject("prometheus/prometheus"),
  alertmanager: ofProject("prometheus/alertmanager"),
  nodeExporter: ofProject("prometheus/node_exporter"),
  kubeStateMetrics: ofProject("kubernetes/kube-state-metrics"),
  pushgateway: ofProject("prometheus/pushgateway"),
};

/** Of the provider plugins, by the name of their npm package, whose version they have. */
export const pluginLicences: Readonly<Record<string, KnownLicence>> = {
  "@pulumi/aws": ofProject("pulumi/pulumi-aws"),
  "@pulumi/kubernetes": ofProject("pulumi/pulumi-kubernetes"),
  "@pulumi/random": ofProject("pulumi/pulumi-random"),
};

/** Of npm packages that name no licence but a file of theirs. */
export const packageLicences: Readonly<Record<string, string>> = {
  "@logdna/tail-file": "MIT",
  "dejavu-fonts-ttf": "Bitstream-Vera",
};
