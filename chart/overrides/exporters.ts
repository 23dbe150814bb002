import { inClusterPort, isFalse, isSet, priorityClass, pullSecrets, registrySetting } from "./forms";
import { serviceRows } from "./server";
import { mapsIn } from "../legacy/key-paths";
import { forbidden, type Row, movedToSetting } from "../legacy/key-translation";
import { type PlainMap } from "../../validation/plain-data";

const node = "prometheus-node-exporter";
const push = "prometheus-pushgateway";
const state = "kube-state-metrics";

const notFound = "Prometheus finds it by its Service, and none of its alerts could fire";

/**
 * Keys of the current sub-charts that would leave something unmonitored, or change an address that is a stack output.
 */
export const forbiddenExporterRows: readonly Row[] = [
  forbidden(`${node}.enabled`, "no node would be monitored, so InstanceDown would never fire for a node", {
    when: isFalse,
  }),
  forbidden(`${push}.enabled`, "its address is an output of this program", { when: isFalse }),
  ...["nameOverride", "fullnameOverride", "namespaceOverride"].map((key) =>
    forbidden(`${push}.${key}`, "its address is an output of this program", { when: isSet }),
  ),
  inClusterPort(`${push}.service.port`, 9091),
  forbidden(`${node}.tolerations`, "node-exporter runs on every node, whatever its taints", {
    when: (value) => !mapsIn(value).some(toleratesAll),
  }),
  forbidden(`${node}.service.enabled`, notFound, { when: isFalse }),
  forbidden(`${node}.service.annotations["prometheus.io/scrape"]`, notFound, { when: (value) => value !== "true" }),
  forbidden(`${state}.prometheusScrape`, notFound, { when: isFalse }),
  forbidden(`${state}.replicas`, "no alert about nodes, pods, rollouts and Jobs could fire", {
    when: (value) => value === 0,
    instead: `if you want that, write \`${state}.enabled: false\` instead, which leaves these alerts out`,
  }),
  ...[node, push, state].flatMap((chart) => [
    priorityClass(chart),
    pullSecrets(`${chart}.imagePullSecrets`),
    movedToSetting(`${chart}.global.imageRegistry`, "images.registry", undefined, {
      when: isSet,
      shared: "where every image comes from",
    }),
  ]),
  ...serviceRows(`${push}.service`),
  ...registrySetting(node, "prometheus/node-exporter", "nodeExporter"),
  ...registrySetting(push, "prometheus/pushgateway", "pushgateway"),
  ...registrySetting(state, "kube-state-metrics/kube-state-metrics", "kubeStateMetrics"),
];

/** Whether a toleration matches every taint with every effect. */
function toleratesAll({ key, operator, effect }: PlainMap): boolean {
  return operator === "Exists" && [key, effect].every((part) => part === undefined || part === "");
}
