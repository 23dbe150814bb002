import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import type { ClusterFacts, ClusterNode } from "./cluster-facts";
import type { ChosenNode } from "./node-choice";

type Replicas = Pick<StackSettings, "availability">;
type Spread = StackSettings["availability"]["spread"];

const zoneLabel = "topology.kubernetes.io/zone";
const kinds = [
  { setting: "alertmanagers", name: "Alertmanager" },
  { setting: "prometheus", name: "Prometheus" },
] as const;

/**
 * Reports more replicas of a kind than the nodes can carry: their pods would stay pending. Nodes with an EC2 tag are
 * not counted until they are known.
 */
export function availabilityFaults(
  { availability, nodes }: Replicas & Pick<StackSettings, "nodes">,
  chosen: readonly ChosenNode[],
  tagsKnown = true,
): Fault[] {
  const { spread } = availability;
  const sets = spread === "all" ? [nodes.masters, nodes.workers] : [nodes.masters];
  if (!tagsKnown && sets.some((set) => set?.ec2Tag !== undefined)) return [];
  const { masters, workers } = counted(chosen);
  // This problem is reported by the choice of the nodes.
  if (masters === 0) return [];
  const most = carried(spread, masters, workers);
  const groups = `${times(masters, "master")}${spread === "all" ? ` and ${times(workers, "worker")}` : ""}`;
  const why =
    spread === "all"
      ? "each node runs one at most, and masters and workers share them equally"
      : "each master runs one at most";
  return kinds.flatMap(({ setting }) => {
    const replicas = availability[setting];
    if (replicas <= most) return [];
    const other = spread === "all" ? "masters" : "all";
    const more =
      carried(other, masters, workers) >= replicas ? `set alerting:availability.spread to "${other}"` : undefined;
    const ways = [`Set it to ${most}`, more ?? "select more nodes under alerting:nodes"].join(", or ");
    const sentence = `got ${replicas}, but ${groups} can run only ${most}, because ${why}; the others would stay pending, and Helm would wait 15 minutes for them. ${ways}.`;
    return [{ key: `alerting:availability.${setting}`, sentence }];
  });
}

/** Warns of a node whose loss would silence alerting, and of replicas in one zone, if the nodes allow something better. */
export function availabilityWarnings(
  settings: Replicas & Pick<StackSettings, "storage">,
  chosen: readonly ChosenNode[],
  facts: Pick<ClusterFacts, "nodes" | "replicaPods">,
): string[] {
  const silence = silenceWarning(settings, chosen, facts);
  const zones = kinds.flatMap((kind) => zoneWarning(kind, settings, chosen, facts) ?? []);
  return [...(silence === undefined ? [] : [silence]), ...zones].map((one) => `alerting:availability: ${one}`);
}

function silenceWarning(
  { availability: { alertmanagers, prometheus, spread } }: Replicas,
  chosen: readonly ChosenNode[],
  { replicaPods = [] }: Pick<ClusterFacts, "replicaPods">,
): string | undefined {
  const { masters, workers } = counted(chosen);
  if (masters === 0 || masters + workers < 2) return undefined;
  // Three masters survive the loss of one, and start a single Prometheus again on another node. One or two do not: with
  // two, etcd loses its majority. A single Alertmanager is never started elsewhere while its Node object exists.
  const isSilent = { alertmanagers: alertmanagers === 1, prometheus: prometheus === 1 && masters < 3 };
  const lone = kinds.find(({ setting }) => isSilent[setting]);
  if (lone === undefined) return undefined;
  const better =
    masters >= 3
      ? "{ alertmanagers: 3, prometheus: 2 }"
      : `{ alertmanagers: 2, prometheus: 2${masters === 1 ? ", spread: all" : ""} }`;
  const place = replicaPods.find(({ kind, isUp }) => kind === lone.setting && isUp)?.node;
  const master = chosen.find(({ role }) => role === "master")!.node.name;
  let loss = `whichever ${spread === "all" ? "node" : "master"} runs ${lone.name} would silence alerting, because there is only one ${lone.name}`;
  if (masters === 1 && spread === "masters") {
    loss = `the master ${master} would silence alerting, because Prometheus and Alertmanager run only there`;
  } else if (lone.setting === "prometheus" && masters === 1) {
    loss = `the master ${master} would silence alerting whenever the only Prometheus runs there`;
  } else if (place !== undefined) {
    loss = `the node ${place} would silence alerting, because the only ${lone.name} runs there`;
  }
  return `the loss of ${loss}; the nodes can carry more: set it to ${better} (docs/availability.md).`;
}

function zoneWarning(
  { setting, name }: (typeof kinds)[number],
  { availability, storage }: Replicas & Pick<StackSettings, "storage">,
  chosen: readonly ChosenNode[],
  { nodes, replicaPods = [] }: Pick<ClusterFacts, "nodes" | "replicaPods">,
): string | undefined {
  const { [setting]: replicas, spread } = availability;
  const carriers = chosen.filter(({ role }) => spread === "all" || role === "master").map(({ node }) => node);
  // Without the label of a node, nothing is known about its zone.
  if (replicas === 1 || carriers.some(({ labels }) => labels[zoneLabel] === undefined)) return undefined;
  const possible = zonesOf(carriers);
  const elsewhere = zonesOf(nodes).filter((zone) => !possible.includes(zone));
  const which = spread === "all" ? "node" : "master";
  if (possible.length < replicas && elsewhere.length > 0) {
    const places = `${which}s are only in ${possible.join(" and ")}, and the cluster has nodes in ${elsewhere.join(", ")} too`;
    const { masters, workers } = counted(chosen);
    const ofAll = zonesOf(chosen.map(({ node }) => node));
    const canSpread = ofAll.length > possible.length && carried("all", masters, workers) >= replicas;
    const todo =
      canSpread && spread === "masters"
        ? "set alerting:availability.spread to all"
        : `select a ${which} in another zone`;
    return `two replicas of ${name} would share a zone, because ${places}; ${todo}.`;
  }
  const placed = replicaPods.filter(({ kind, isUp }) => kind === setting && isUp);
  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  const used = zonesOf(placed.flatMap(({ node = "" }) => nodeOf.get(node) ?? []));
  if (placed.length < replicas || used.length >= Math.min(replicas, possible.length)) return undefined;
  const pods = placed.map((pod) => pod.name).join(", ");
  const free = possible.filter((zone) => !used.includes(zone)).join(", ");
  const todo =
    storage.type === "storageClass"
      ? "to move one, delete its claim and the pod, which then starts with an empty volume"
      : "delete one of the pods, so that the scheduler chooses again";
  return `${pods} run only in ${used.join(" and ")}, although a ${which} is in ${free}; ${todo}.`;
}

/**
 * The number of replicas that the nodes can carry: each node carries one, and with `all` the number on masters and the
 * number on workers differ by one at most.
 */
function carried(spread: Spread, masters: number, workers: number): number {
  return spread === "masters" ? masters : Math.min(masters + workers, 2 * Math.min(masters, workers) + 1);
}

function counted(chosen: readonly ChosenNode[]): { masters: number; workers: number } {
  const masters = chosen.filter(({ role }) => role === "master").length;
  return { masters, workers: chosen.length - masters };
}

function zonesOf(nodes: readonly ClusterNode[]): string[] {
  return [...new Set(nodes.flatMap(({ labels }) => labels[zoneLabel] ?? []))].sort();
}

function times(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
