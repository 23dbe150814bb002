import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { outputsConfigMap } from "../conventions/cluster-names";
import type { AlertingContract } from "../outputs/read-alerting";

/** The outputs, with values that may not be known yet. */
export type AlertingOutputs = {
  readonly [Name in keyof AlertingContract]: pulumi.Input<NonNullable<AlertingContract[Name]>>;
};

export interface OutputsConfigMapArgs {
  readonly namespace: pulumi.Input<string>;
  readonly outputs: AlertingOutputs;
  readonly labels: Readonly<Record<string, string>>;
}

/** The outputs as a ConfigMap in the namespace, for readers in the cluster that are not Pulumi programs. */
export class OutputsConfigMap extends pulumi.ComponentResource {
  constructor(name: string, args: OutputsConfigMapArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:outputs:OutputsConfigMap", name, {}, opts);
    const data = Object.entries(args.outputs).map(([key, value]) => [key, pulumi.output(value).apply(String)]);
    new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { name: outputsConfigMap, namespace: args.namespace, labels: { ...args.labels } },
        data: Object.fromEntries(data) as Record<string, pulumi.Output<string>>,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
