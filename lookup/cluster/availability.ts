import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { alertmanagerPod } from "../../conventions/cluster-names";
import { carried, carrierName, carriers } from "./carriers";
import type { ClusterFacts, ClusterNode } from "./cluster-facts";
import { lostPodFindings } from "./lost-pods";
import type { ChosenNode } from "./node-choice";
import { outOfService } from "./node-loss";

type Replicas = Pick<StackSettings, "availability">;

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

/**
 * Warns of a node whose loss would silence alerting, of replicas in one zone if the nodes allow something better, and of
 * lost nodes without which there are too few.
 */
export function availabilityWarnings(
  settings: Replicas & Pick<StackSettings, "storage">,
  chosen: readonly ChosenNode[],
  facts: Pick<ClusterFacts, "nodes" | "replicaPods">,
): string[] {
  const silence = silenceWarning(settings, chosen, facts);
  const ofKinds = kinds.flatMap((kind) => [
    zoneWarning(kind, settings, chosen, facts),
    lostNodesWarning(kind, settings, chosen, facts),
  ]);
  return [silence, ...ofKinds].filter((one) => one !== undefined).map((one) => `alerting:availability: ${one}`);
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
  const most = Math.max(alertmanagers, masters >= 3 ? 3 : 2);
  const spreads = spread === "all" ? (["all", "masters"] as const) : (["masters", "all"] as const);
  const wide = spreads.find((one) => carried(one, masters, workers) >= most);
  // The number in the settings is refused already.
  if (wide === undefined) return undefined;
  const better = `{ alertmanagers: ${most}, prometheus: 2${wide === "all" ? ", spread: all" : ""} }`;
  const place = replicaPods.find(({ kind, isUp }) => kind === lone.setting && isUp)?.node;
  const master = chosen.find(({ role }) => role === "master")!.node.name;
  let loss = `whichever ${carrierName(spread)} runs ${lone.name} would silence alerting, because there is only one ${lone.name}`;
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
  const own = carriers(chosen, spread).map(({ node }) => node);
  // Without the label of a node, nothing is known about its zone.
  if (replicas === 1 || own.some(({ labels }) => labels[zoneLabel] === undefined)) return undefined;
  const possible = zonesOf(own);
  const elsewhere = zonesOf(nodes).filter((zone) => !possible.includes(zone));
  const which = carrierName(spread);
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
  // Nothing can start in a zone whose nodes are all lost.
  const open = zonesOf(own.filter(isOpen));
  if (placed.length < replicas || used.length >= Math.min(replicas, open.length)) return undefined;
  const pods = placed.map((pod) => pod.name).join(", ");
  const free = open.filter((zone) => !used.includes(zone)).join(", ");
  const todo =
    storage.type === "storageClass"
      ? "to move one, delete its claim and the pod, which then starts with an empty volume"
      : "delete one of the pods, so that the scheduler chooses again";
  return `${pods} run only in ${used.join(" and ")}, although a ${which} is in ${free}; ${todo}.`;
}

function lostNodesWarning(
  { setting, name }: (typeof kinds)[number],
  { availability }: Replicas,
  chosen: readonly ChosenNode[],
  facts: Pick<ClusterFacts, "nodes" | "replicaPods">,
): string | undefined {
  const { [setting]: replicas, spread } = availability;
  const own = carriers(chosen, spread);
  const { masters, workers } = counted(own.filter(({ node }) => isOpen(node)));
  const most = carried(spread, masters, workers);
  const shut = own.map(({ node }) => node).filter((node) => !isOpen(node));
  if (shut.length === 0 || replicas <= most) return undefined;
  const lost = shut.filter(({ isLost }) => isLost === true).map((node) => node.name);
  const marked = shut.filter(({ isLost }) => isLost !== true).map((node) => node.name);
  const causes: string[] = [];
  const todos: string[] = [];
  if (lost.length > 0) {
    causes.push(`${lost.join(" and ")} ${lost.length === 1 ? "is" : "are"} not Ready`);
    todos.push("wait until the node is back");
  }
  if (marked.length > 0) {
    causes.push(`${marked.join(" and ")} ${marked.length === 1 ? "has" : "have"} the taint ${outOfService}`);
    todos.push(`run \`kubectl taint nodes ${marked.join(" ")} ${outOfService}-\` if the node works again`);
  }
  const fewer = setting === "alertmanagers" && most > 0 ? fewerAlertmanagers(most, facts) : "";
  return `the nodes can run only ${most} of the ${replicas} replicas of ${name}, because ${causes.join(", and ")}, and an update that changes the release would wait 15 minutes for the others and fail; ${todos.join(", and ")}${fewer}.`;
}

/**
 * The way to go on with the Alertmanagers that the nodes can run, if an update would be accepted and would end: a
 * StatefulSet removes no pod before those with lower numbers are ready. A single Prometheus has another volume, so its
 * number is not a thing to change for a while.
 */
function fewerAlertmanagers(most: number, facts: Pick<ClusterFacts, "nodes" | "replicaPods">): string {
  if (lostPodFindings(facts, false).faults.length > 0) return ", or first free its pods (docs/operations.md)";
  const isWaiting = (index: number) =>
    facts.replicaPods?.some((pod) => pod.name === alertmanagerPod(index) && !pod.isUp) === true;
  if ([...Array(most).keys()].some(isWaiting)) return "";
  return `, or until then set alerting:availability.alertmanagers to ${most}`;
}

/** Whether the scheduler may place a pod on a node. */
function isOpen({ isLost, isOutOfService }: ClusterNode): boolean {
  return isLost !== true && isOutOfService !== true;
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
