import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartValues } from "../chart/values";
import { chartNames, prometheusRole } from "../conventions/cluster-names";
import { rightsToScrape } from "../values/scrape-rights";

export interface PrometheusRoleArgs {
  /** The namespace of Prometheus' service account, as a plain string because the chart creates the account later. */
  readonly namespace: pulumi.Input<string>;
  /** The chart's values. Their scrape jobs decide the needed rights, and they may name another account. */
  readonly values: ChartValues;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The rights of Prometheus to read from the cluster. This role replaces the chart's, and is bound before the pod
 * starts.
 */
export class PrometheusRole extends pulumi.ComponentResource {
  public readonly dependencies: readonly pulumi.Resource[];

  constructor(name: string, args: PrometheusRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:prometheus:PrometheusRole", name, {}, opts);
    const metadata = { name: prometheusRole, labels: { ...args.labels } };
    const role = new k8s.rbac.v1.ClusterRole(name, { metadata, rules: rightsToScrape(args.values) }, { parent: this });
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: accountOf(args.values), namespace: args.namespace }],
      },
      { parent: this },
    );
    this.dependencies = [role, binding];
    this.registerOutputs({});
  }
}

/** The service account that the chart uses for Prometheus' pod. */
function accountOf({ serviceAccounts }: ChartValues): string {
  const { create = true, name } = serviceAccounts?.server ?? {};
  // In the chart, an empty name means that none is set.
  return name || (create ? chartNames.serverAccount : "default");
}
