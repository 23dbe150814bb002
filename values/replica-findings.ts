import { isDeepStrictEqual } from "node:util";
import { error, type Finding } from "../validation/finding";
import { listOf, mapOf, valueAt } from "../validation/plain-data";

const antiAffinity = ["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
const nodeAffinity = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
const ofEach = (path: readonly string[]) => ["server", "alertmanager"].map((component) => [component, ...path]);

/** Places of the values that several replicas or a long-term engine need, and what would happen without them. */
const needed: readonly { readonly paths: readonly (readonly string[])[]; readonly loss: string }[] = [
  {
    paths: [["server", "env"]],
    loss: "both servers would have the same labels, or Prometheus would lack the role of alerting:longTerm",
  },
  {
    paths: [["server", "global", "external_labels", "prometheus_replica"]],
    loss: "both servers would have the same labels",
  },
  {
    paths: [["alertRelabelConfigs", "alert_relabel_configs"]],
    loss: "Alertmanager would have each alert twice, once from each server",
  },
  {
    paths: ["extraVolumes", "extraVolumeMounts", "extraSecretMounts"].map((list) => ["server", list]),
    loss: "a part of alerting:longTerm or of alerting:access would be lost",
  },
  { paths: ofEach(antiAffinity), loss: "two replicas could run on one node" },
  { paths: ofEach(nodeAffinity), loss: "replicas could run on nodes that are not this stack's" },
];

/** Flags that the chart sets if there are several Alertmanagers. */
const chartFlags = ["cluster.listen-address", "cluster.advertise-address", "cluster.peer"];

/** Reports parts of `ours`, the built-in values, that are needed and that the override has replaced. */
export function replicaFindings(ours: object, values: object): Finding[] {
  const lost = needed.flatMap(({ paths, loss }) =>
    paths.flatMap((path) => {
      const [wanted, found] = [valueAt(ours, path), valueAt(values, path)];
      const isThere = (item: unknown) => listOf(found).some((one) => isDeepStrictEqual(one, item));
      const missing = Array.isArray(wanted)
        ? wanted.filter((item) => !isThere(item))
        : wanted === undefined || isDeepStrictEqual(found, wanted)
          ? []
          : [wanted];
      if (missing.length === 0) return [];
      const text = missing.map((item) => JSON.stringify(item)).join(", ");
      const how = Array.isArray(wanted) ? `write ${text} into the list too` : `write ${text}, or leave it out`;
      return [error(path, `replaces what this program sets, and ${loss}; ${how}.`)];
    }),
  );
  const { replicaCount, extraArgs } = mapOf(valueAt(values, ["alertmanager"]));
  const twice = chartFlags.filter((flag) => Number(replicaCount) > 1 && flag in mapOf(extraArgs));
  return [
    ...lost,
    ...twice.map((flag) =>
      error(
        ["alertmanager", "extraArgs", flag],
        "is set by the chart if there are several Alertmanagers, and a flag that is given twice ends the program; leave it out.",
      ),
    ),
  ];
}
