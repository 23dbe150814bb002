import { shown } from "../validation/faults";
import { milliseconds } from "../validation/durations";
import { listOf, mapOf, valueAt } from "../validation/plain-data";
import { bytes } from "../validation/sizes";
import type { Settings } from "./schema";
import { namespaceLength } from "./sections/pod-security";
import { peerTimeout } from "./timing";

interface CrossFault {
  readonly path: (string | number)[];
  readonly seen: unknown;
  readonly accepted: string;
}

/**
 * Problems that no single key shows. `given` holds the settings without defaults; `isRead` says whether a key could be
 * read.
 */
export function crossChecks(
  settings: Settings,
  given: Readonly<Record<string, unknown>>,
  isRead: (key: string) => boolean,
): CrossFault[] {
  const faults: CrossFault[] = [];
  const { storage: store, nodes, efsCsiDriver, images, protectData, longTerm } = settings;
  const { retentionSize } = settings.prometheus;
  const { serverSize } = store;
  const areSizesRead = ["prometheus.retentionSize", "storage.serverSize"].every(isRead);
  if (store.type === "storageClass" && areSizesRead && bytes(retentionSize) > bytes(serverSize) * 0.9) {
    faults.push({
      path: ["prometheus", "retentionSize"],
      seen: retentionSize,
      accepted: `at most nine tenths of alerting:storage.serverSize (${serverSize}), or the volume fills up`,
    });
  }
  if (protectData && store.type !== "efs" && longTerm.workspace !== "create") {
    faults.push({
      path: ["protectData"],
      seen: protectData,
      accepted: `false, because data of alerting:storage.type "${store.type}" is not kept in AWS by this program`,
    });
  }
  if (efsCsiDriver === "install" && images.registry !== undefined) {
    faults.push({
      path: ["efsCsiDriver"],
      seen: efsCsiDriver,
      accepted:
        '"existing", because alerting:images.registry is set and the driver\'s chart and images come from the internet; install the driver from your registry yourself',
    });
  }
  faults.push(...namespaceLength(settings.namespace), ...availabilityFaults(settings, isRead));
  if (settings.dashboards.namespace === settings.namespace) {
    faults.push({
      path: ["dashboards", "namespace"],
      seen: settings.dashboards.namespace,
      accepted:
        "the namespace of Grafana, which is not alerting:namespace: there, network policies deny what Grafana needs",
    });
  }
  const masters = new Set(nodes.masters.names ?? []);
  for (const name of nodes.workers?.names ?? []) {
    if (masters.has(name)) {
      faults.push({
        path: ["nodes", "workers", "names"],
        seen: name,
        accepted: "nodes that are not listed under nodes.masters.names too",
      });
    }
  }
  if (nodes.masters.names?.length === 0) {
    faults.push({
      path: ["nodes", "masters", "names"],
      seen: [],
      accepted: "at least one master, because Prometheus and Alertmanager run there",
    });
  }
  // The value is read from the input: if this value, or one beside it, is invalid, the parsed settings do not contain
  // it.
  const ofInstanceDown = valueAt(given, ["rules", "alerts", "InstanceDown", "for"]);
  const instanceDownFor = valueAt(given, ["alerts", "instanceDownFor"]);
  if (ofInstanceDown !== undefined && instanceDownFor !== undefined) {
    faults.push({
      path: ["rules", "alerts", "InstanceDown", "for"],
      seen: ofInstanceDown,
      accepted: `nothing here, because alerting:alerts.instanceDownFor (${shown(instanceDownFor)}) is the same setting; keep one of the two`,
    });
  }
  return faults;
}

/** The shortest interval of a group with several Alertmanagers: four times the shortest wait for another one. */
const shortestGroupInterval = "4s";

function availabilityFaults(
  { alertmanager, alerts, availability: { alertmanagers, spread }, nodes, nodeLabel }: Settings,
  isRead: (key: string) => boolean,
): CrossFault[] {
  const faults: CrossFault[] = [];
  const isShort = milliseconds(alerts.groupInterval)! < milliseconds(shortestGroupInterval)!;
  if (alertmanagers > 1 && isRead("alerts.groupInterval") && isShort) {
    faults.push({
      path: ["alerts", "groupInterval"],
      seen: alerts.groupInterval,
      accepted: `a duration of at least ${shortestGroupInterval}, because with alerting:availability.alertmanagers ${alertmanagers} each waits for the others' messages`,
    });
  }
  const longestWait = (alertmanagers - 1) * milliseconds(peerTimeout(alerts.groupInterval))!;
  for (const { path, interval } of alertmanagers > 1 ? groupIntervals(alertmanager.routes) : []) {
    if ((milliseconds(interval) ?? Infinity) > longestWait) continue;
    faults.push({
      path: ["alertmanager", "routes", ...path],
      seen: interval,
      accepted: `a duration longer than ${longestWait / 1000}s, for which the last of ${alertmanagers} Alertmanagers waits for the others' messages`,
    });
  }
  if (spread === "all" && isRead("nodes") && nodes.workers === undefined) {
    faults.push({
      path: ["availability", "spread"],
      seen: spread,
      accepted: '"masters", because alerting:nodes.workers names no workers',
    });
  }
  if (spread === "all" && nodeLabel.nodes === "masters" && isRead("nodeLabel")) {
    faults.push({
      path: ["nodeLabel", "nodes"],
      seen: nodeLabel.nodes,
      accepted: '"all", because with alerting:availability.spread "all" the label says which workers run replicas',
    });
  }
  return faults;
}

/** The intervals of routes and the routes in them, each with its path. */
function groupIntervals(routes: unknown): { readonly path: (string | number)[]; readonly interval: string }[] {
  return listOf(routes).flatMap((route, at) => {
    const { group_interval: interval, routes: inner } = mapOf(route);
    return [
      ...(typeof interval === "string" ? [{ path: [at, "group_interval"], interval }] : []),
      ...groupIntervals(inner).map((one) => ({ ...one, path: [at, "routes", ...one.path] })),
    ];
  });
}
