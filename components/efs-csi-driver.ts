import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { efsCsiDriverChart } from "../versions";

/** The EFS CSI driver as a separate Helm release, for clusters without the driver. */
export class EfsCsiDriver extends pulumi.ComponentResource {
  public readonly release: k8s.helm.v3.Release;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:storage:EfsCsiDriver", name, {}, opts);
    this.release = new k8s.helm.v3.Release(
      name,
      {
        name: efsCsiDriverChart.name,
        chart: efsCsiDriverChart.name,
        version: efsCsiDriverChart.version,
        repositoryOpts: { repo: efsCsiDriverChart.repository },
        namespace: "kube-system",
        // Only the driver's part for nodes is installed: volumes are static, on access points that Pulumi creates, so
        // no controller has to provision any.
        values: { controller: { create: false } },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
