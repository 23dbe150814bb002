import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dashboardUid } from "../alerts/dashboard-of";
import type { StackSettings } from "../settings/stack-settings";
import { dashboards } from "../values/dashboards/dashboards";
import { datasourceFile, datasourceUid } from "../values/dashboards/datasource";
import { mountedSecret } from "./mounted-secret";

export interface DashboardsArgs {
  readonly settings: StackSettings;
  /** Grafana's namespace, which exists already. */
  readonly namespace: string;
  /** Grafana's user at Prometheus; undefined if the page has no password. */
  readonly login?: { readonly user: string; readonly password: pulumi.Input<string> } | undefined;
  /** What verifies the certificate of Prometheus' page; undefined if there is none. */
  readonly authority?: pulumi.Input<string> | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The dashboards as ConfigMaps, and the datasource as a Secret, in Grafana's namespace. Grafana's sidecars find them by
 * their labels.
 */
export class Dashboards extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    // `super` gets no args, because they would become inputs of the component in the state.
    super("alerting:dashboards:Dashboards", name, {}, opts);
    const { settings, namespace, login, authority } = args;
    const { label, folder, datasource } = settings.dashboards;
    for (const { name: dashboard, json } of dashboards(settings)) {
      const objectName = dashboardUid(dashboard);
      new k8s.core.v1.ConfigMap(
        `${name}-${dashboard}`,
        {
          metadata: {
            name: objectName,
            namespace,
            labels: { ...args.labels, [label]: "1" },
            annotations: { grafana_folder: folder },
          },
          // The sidecar puts the files of all ConfigMaps into one directory, so their names must be unique.
          data: { [`${objectName}.json`]: JSON.stringify(json) },
        },
        { parent: this },
      );
    }
    if (datasource) {
      const file = pulumi
        .all([login, authority])
        .apply(([login, authority]) =>
          datasourceFile(settings, { ...(login && { login }), ...(authority !== undefined && { authority }) }),
        );
      const secret = {
        secretName: datasourceUid,
        namespace,
        labels: { ...args.labels, grafana_datasource: "1" },
        texts: { [`${datasourceUid}.yaml`]: file },
      };
      mountedSecret(`${name}-datasource`, secret, this);
    }
    this.registerOutputs({});
  }
}
