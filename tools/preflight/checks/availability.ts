import type { Configuration } from "../../../config";
import { availabilityFaults, availabilityWarnings } from "../../../lookup/cluster/availability";
import { lostPodFindings } from "../../../lookup/cluster/lost-pods";
import type { ReplicaPod } from "../../../lookup/cluster/replica-pods";
import { validSections } from "../../../settings/readable";
import type { StackSettings } from "../../../settings/stack-settings";
import { configurationWarnings, memberWarnings } from "../../drill/agreement";
import { Alertmanagers } from "../../drill/alertmanagers";
import { Peers } from "../../stack/servers/peers";
import { type Server, servers } from "../../stack/servers/pods";
import { reachEvery } from "../../stack/servers/reach";
import { type Check, type CheckResult, count, failed, ok, skipped, warning } from "../../shared/check-result";
import { onCluster, type Reach, unreadable } from "../cluster";
import { isApplied, type PickNodes } from "./nodes";
import { askServer, type Pages } from "./pages";

const servedBy = ["Alertmanager", "Prometheus"] as const;

/**
 * How many replicas of Prometheus and Alertmanager are ready, on which nodes, whether the Alertmanagers know each other
 * and have the same configuration, and which node's loss would silence alerting.
 */
export function availabilityCheck(
  configuration: Configuration,
  reach: Promise<Reach>,
  pick: PickNodes,
  pages?: Pages,
): Check {
  const { availability, namespace, storage, nodes, missingNodes } = validSections(configuration);
  return onCluster("availability", reach, async (cluster) => {
    if (availability === undefined || namespace === undefined) {
      return [unreadable(namespace === undefined ? "namespace" : "availability")];
    }
    const { facts, faults } = await cluster.lookUp();
    if (facts === undefined) return [warning("is not known, because permissions are missing.")];
    const refused = faults.filter(({ key }) => key.startsWith("alerting:availability"));
    const advice: string[] = [];
    if (storage !== undefined && nodes !== undefined && missingNodes !== undefined) {
      const choice = await pick(facts);
      // Nodes with an EC2 tag are known only now. If some nodes could not be chosen, too few would be counted.
      const areAll = choice.faults.length === 0 && Object.keys(facts.refusedSelectors).length === 0;
      if (areAll) refused.push(...availabilityFaults({ availability, nodes }, choice.chosen, choice.tagsKnown));
      advice.push(...availabilityWarnings({ availability, storage }, choice.chosen, facts));
    }
    const sentences = new Set(refused.map(({ key, sentence }) => `${key}: ${sentence}`));
    const judged = [...[...sentences].map((one) => failed(one)), ...advice.map((one) => warning(one))];
    if (!isApplied(facts, configuration)) {
      const starts = servedBy.map((server) => counted(server, availability)).join(" and ");
      return [ok(`\`pulumi up\` starts ${starts}.`), ...judged];
    }
    const { replicaPods = [] } = facts;
    const lost = lostPodFindings(facts, false);
    const readyAlertmanagers = replicaPods.filter(({ kind, isUp }) => kind === "alertmanagers" && isUp).length;
    return [
      ...servedBy.map((server) => stateOf(server, replicaPods, availability, namespace)),
      ...lost.faults.map(({ sentence }) => failed(sentence)),
      ...lost.warnings.map(({ sentence }) => warning(sentence)),
      ...judged,
      ...(pages && readyAlertmanagers > 1 ? await agreement(configuration, pages, reach, readyAlertmanagers) : []),
    ];
  });
}

function counted(server: Server, availability: StackSettings["availability"]): string {
  return count(availability[servers[server].kind], server, server === "Prometheus" ? server : undefined);
}

/** How many replicas of a server are ready, and where. */
function stateOf(
  server: Server,
  replicaPods: readonly ReplicaPod[],
  availability: StackSettings["availability"],
  namespace: string,
): CheckResult {
  const { kind } = servers[server];
  const pods = replicaPods.filter((pod) => pod.kind === kind);
  const ready = pods.filter(({ isUp }) => isUp);
  const wanted = availability[kind];
  if (ready.length === 0) {
    const why = pods.length === 0 ? "there is no pod" : `not ready: ${pods.map(({ name }) => name).join(", ")}`;
    return warning(`no ${server} is ready, so alerting is silent (${why}).`, "`kubectl get pods` and `pulumi up`.");
  }
  const places = ready.map(({ name, node }) => `${name} on ${node}`).join(", ");
  const state = `${ready.length} of ${counted(server, availability)} ready: ${places}`;
  if (ready.length >= wanted) return ok(`${state}.`);
  // Without this replica, the one that is left is as good as a single one.
  const last = ready.length === 1 ? `; the loss of ${ready[0]!.node} would silence alerting now` : "";
  const notReady = pods.filter(({ isUp }) => !isUp).map(({ name }) => name);
  const todo =
    notReady.length === 0
      ? "Run `pulumi up`."
      : `See \`kubectl describe pod --namespace ${namespace} ${notReady.join(" ")}\`.`;
  return warning(`${state}${last}.`, todo);
}

/** Whether the Alertmanagers know each other, and have the same configuration. */
function agreement(
  configuration: Configuration,
  pages: Pages,
  reach: Promise<Reach>,
  ready: number,
): Promise<CheckResult[]> {
  const words = {
    notYet: "there is no Alertmanager yet.",
    unseen: "the Alertmanagers were not asked about each other",
    onVerdict: (sentence: string) => skipped(`the Alertmanagers were not asked about each other: ${sentence}`),
  };
  return askServer("Alertmanager", reachEvery, configuration, pages, reach, words, async ({ reached, unreached }) => {
    const api = new Alertmanagers(new Peers(reached));
    const found = [
      ...unreached,
      ...memberWarnings(await api.statuses(), ready),
      ...configurationWarnings(await api.configurationHashes()),
    ];
    if (found.length > 0) return found.map((sentence) => warning(sentence));
    return [ok(`the ${ready} Alertmanagers know each other and have the same configuration.`)];
  });
}
