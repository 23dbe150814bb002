import { inClusterPort, registrySetting, tolerates, withTolerations } from "./forms";
import { serviceRows } from "./server";
import { isTree, items } from "../yesterday/today-tree";
import { refused, type Row, settled, taken } from "../yesterday/rows";

const node = "prometheus-node-exporter";
const push = "prometheus-pushgateway";
const state = "kube-state-metrics";
/** Texts such as "no" are left to the check of types. */
const isFalse = (value: unknown) => value === false || value === null;

/** Any taint that keeps pods off a node: the chart's own toleration for node-exporter. */
const everyNode = [{ effect: "NoSchedule", operator: "Exists" }];

/** Keys of today's sub-charts that would leave something unwatched, or change an address that is an output. */
export const refusedExporterRows: readonly Row[] = [
  refused(`${node}.enabled`, "no node would be watched, so InstanceDown would never tell of one", { when: isFalse }),
  refused(`${push}.enabled`, "its address is an output of this program", { when: isFalse }),
  ...["nameOverride", "fullnameOverride", "namespaceOverride"].map((key) =>
    refused(`${push}.${key}`, "its address is an output of this program", { when: (value) => value !== "" }),
  ),
  inClusterPort(`${push}.service.port`, 9091),
  taken(
    `${node}.tolerations`,
    "a list takes the place of the chart's, and node-exporter would leave nodes with other taints",
    'write `{ operator: "Exists", effect: "NoSchedule" }` into it too',
    withTolerations(everyNode),
    { when: (value) => !tolerates(value, "any") },
  ),
  ...[node, push, state].flatMap((chart) => [
    settled(`${chart}.priorityClassName`, "priorityClass", undefined, { when: (value) => value !== "" }),
    settled(`${chart}.imagePullSecrets`, "images.pullSecrets", pullSecrets, {
      when: (value) => items(value).length > 0,
    }),
    settled(`${chart}.global.imageRegistry`, "images.registry", undefined, { when: (value) => value !== "" }),
  ]),
  ...serviceRows(`${push}.service`),
  ...registrySetting(node, "prometheus/node-exporter", "nodeExporter"),
  ...registrySetting(push, "prometheus/pushgateway", "pushgateway"),
  ...registrySetting(state, "kube-state-metrics/kube-state-metrics", "kubeStateMetrics"),
];

function pullSecrets(value: unknown): unknown {
  const found = items(value).map((item) => (isTree(item) ? item.name : item));
  return found.every((name) => typeof name === "string") ? found : undefined;
}
