import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { efsCsiDriverChart } from "../versions";

export interface EfsCsiDriverArgs {
  /** A registry that mirrors every image. Default: the chart's own. */
  readonly imageRegistry?: string;
}

/** The EFS CSI driver as a Helm release of its own, for clusters that do not have it. */
export class EfsCsiDriver extends pulumi.ComponentResource {
  public readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: EfsCsiDriverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:storage:EfsCsiDriver", name, {}, opts);
    const { imageRegistry } = args;
    this.release = new k8s.helm.v3.Release(
      name,
      {
        name: efsCsiDriverChart.name,
        chart: efsCsiDriverChart.name,
        version: efsCsiDriverChart.version,
        repositoryOpts: { repo: efsCsiDriverChart.repository },
        namespace: "kube-system",
        // The node part alone: volumes are static, on access points that Pulumi makes, so nothing has to provision any.
        values: {
          controller: { create: false },
          ...(imageRegistry !== undefined && { image: { repository: `${imageRegistry}/amazon/aws-efs-csi-driver` } }),
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
