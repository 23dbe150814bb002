/** A license that no package manager knows, with its source. */
interface KnownLicense {
  readonly license: string;
  readonly licenseSource: string;
}

const ofProject = (project: string): KnownLicense => ({
  license: "Apache-2.0",
  licenseSource: `the file LICENSE of https://github.com/${project}`,
});

/** The license of the charts, from the annotation `artifacthub.io/license` in their Chart.yaml. */
export const chartLicense: KnownLicense = {
  license: "Apache-2.0",
  licenseSource: "the chart's own Chart.yaml, annotation artifacthub.io/license",
};

/** The license of the EFS CSI driver and of its chart. */
export const efsCsiDriverLicense = ofProject("kubernetes-sigs/aws-efs-csi-driver");

/**
 * The license of the program that each image starts, by the names in `alerting:images.digests`. The images contain
 * more: the files of their base (busybox, GPL-2.0; or distroless, whose parts have different licenses).
 */
export const imageLicenses: Readonly<Record<string, KnownLicense>> = {
  prometheus: ofProject("prometheus/prometheus"),
  alertmanager: ofProject("prometheus/alertmanager"),
  nodeExporter: ofProject("prometheus/node_exporter"),
  kubeStateMetrics: ofProject("kubernetes/kube-state-metrics"),
  pushgateway: ofProject("prometheus/pushgateway"),
};

/** The licenses of the provider plugins, by the name of their npm package; plugin and package have the same version. */
export const pluginLicenses: Readonly<Record<string, KnownLicense>> = {
  "@pulumi/aws": ofProject("pulumi/pulumi-aws"),
  "@pulumi/kubernetes": ofProject("pulumi/pulumi-kubernetes"),
  "@pulumi/random": ofProject("pulumi/pulumi-random"),
};

/** The licenses of npm packages whose metadata only names a license file. */
export const packageLicenses: Readonly<Record<string, string>> = {
  "@logdna/tail-file": "MIT",
  "dejavu-fonts-ttf": "Bitstream-Vera",
};
