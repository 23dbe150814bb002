import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartValues } from "../chart/values";
import { releaseName } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { longTermName } from "../values/long-term";
import { chartFrom } from "../values/chart-source";

export interface PrometheusReleaseArgs {
  readonly namespace: string;
  readonly values: ChartValues;
  /** The URL to which Prometheus writes, if this stack creates the workspace. Default: the URL in the values. */
  readonly longTermUrl?: pulumi.Output<string> | undefined;
  /** The source of the chart. Default: the chart's official repository. */
  readonly chart?: StackSettings["chart"];
  /** Resources that the pods need before they can start: namespace, labels, claims, Secret. */
  readonly after: readonly pulumi.Resource[];
}

/** The time limit of an update, long enough for the first pull of every image over a slow connection. */
const timeoutSeconds = 900;

/** The Helm release of the pinned chart: Prometheus, Alertmanager, node-exporter, kube-state-metrics, Pushgateway. */
export class PrometheusRelease extends pulumi.ComponentResource {
  public readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: PrometheusReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:prometheus:PrometheusRelease", name, {}, opts);
    this.release = new k8s.helm.v3.Release(
      name,
      {
        // The name is fixed: the chart derives every name from it, and another name would create a second set of
        // objects.
        name: releaseName,
        namespace: args.namespace,
        ...chartFrom(args.chart),
        // The values are known, so that a preview shows every changed value and no secret can be among them. Only the
        // URL of a workspace that does not exist yet is unknown. A `null` deletes a default of the chart.
        values: withLongTermUrl(args.values, args.longTermUrl) as unknown as Record<string, unknown>,
        timeout: timeoutSeconds,
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.registerOutputs({});
  }
}

function withLongTermUrl(values: ChartValues, url: pulumi.Output<string> | undefined): object {
  if (url === undefined) return values;
  const remoteWrite = values.server?.remoteWrite?.map((one) => (one.name === longTermName ? { ...one, url } : one));
  return { ...values, server: { ...values.server, remoteWrite } };
}
