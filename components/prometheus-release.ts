import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartValues } from "../chart/values";
import { releaseName } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { chartFrom } from "../values/chart-source";

export interface PrometheusReleaseArgs {
  readonly namespace: string;
  readonly values: ChartValues;
  /** Where the chart comes from. Default: the chart's own repository. */
  readonly chart?: StackSettings["chart"];
  /** What the pods need before they can start: namespace, labels, claims, Secret. */
  readonly after: readonly pulumi.Resource[];
}

/** Seconds that the first pull of every image may take on a slow line. */
const timeoutSeconds = 900;

/** The Helm release of the pinned chart: Prometheus, Alertmanager, node-exporter, kube-state-metrics, Pushgateway. */
export class PrometheusRelease extends pulumi.ComponentResource {
  public readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: PrometheusReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:prometheus:PrometheusRelease", name, {}, opts);
    this.release = new k8s.helm.v3.Release(
      name,
      {
        // Fixed: the chart derives every name from it, and another name would be another set of objects.
        name: releaseName,
        namespace: args.namespace,
        ...chartFrom(args.chart),
        // Known values only, never an Output: a preview then shows each changed leaf, and no secret can be among them.
        // A null deletes a default of the chart.
        values: args.values as unknown as Record<string, unknown>,
        timeout: timeoutSeconds,
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.registerOutputs({});
  }
}
