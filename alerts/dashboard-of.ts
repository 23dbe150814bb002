import type { BuiltInAlert } from "./catalog";

/** The dashboards in Grafana. */
export const dashboardNames = ["nodes", "workloads", "self"] as const;
export type DashboardName = (typeof dashboardNames)[number];

/** The identifier of a dashboard in Grafana, which is a part of its address. It must never change. */
export const dashboardUid = (name: DashboardName) => `alerting-${name}`;

/** The dashboard of alerts by their file or name; CONTRIBUTING.md says which names begin with `Node` or `Pod`. */
const byPlace: readonly [place: RegExp, dashboard: DashboardName][] = [
  [/^alerts\/rules\/control-plane| Node/, "nodes"],
  [/ Pod/, "workloads"],
  // Without their targets, dashboards of nodes and workloads are empty.
  [/^alerts\/rules\/missing\.yaml /, "self"],
];

/**
 * The dashboard of all other alerts by the metrics that they read. The first row that fits one of the metrics decides:
 * an expression about workloads may also ask for their nodes, and any expression may ask for targets.
 */
const byMetric: readonly [metric: RegExp, dashboard: DashboardName][] = [
  [/^(prometheus|alertmanager|push|pushgateway)_/, "self"],
  [/^(kube_(?!node_)|kubelet_volume_|container_)/, "workloads"],
  [/^(node|kube_node|aggregator|kubelet|apiserver|etcd|scheduler|workqueue|rest_client)_/, "nodes"],
  [/^up$/, "self"],
];

/**
 * The dashboard that shows an alert; undefined if none does. Alerts of the severity `none` are signals for Alertmanager
 * and not for people, so no dashboard shows them.
 */
export function dashboardOf({ name, file, severity, facts }: BuiltInAlert): DashboardName | undefined {
  if (severity === "none") return undefined;
  const placed = byPlace.find(([place]) => place.test(`${file} ${name}`));
  const read = byMetric.find(([pattern]) => facts.selectors.some(({ metric }) => pattern.test(metric)));
  return (placed ?? read)?.[1];
}
