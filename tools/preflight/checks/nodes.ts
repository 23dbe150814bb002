import { CoreV1Api, type V1Node } from "@kubernetes/client-node";
import { carrierName, carriers, type Spread } from "../../../lookup/cluster/carriers";
import { type ChosenNode, chooseNodes, labeledNodes, type NodeChoice } from "../../../lookup/cluster/node-choice";
import type { ClusterFacts } from "../../../lookup/cluster/cluster-facts";
import { releaseValues } from "../../../values/release-values";
import type { Configuration } from "../../../config";
import type { StackSettings } from "../../../settings/stack-settings";
import { outsideText } from "../../../conventions/outside-text";
import { type Check, count, failed, type CheckResult, named, ok, warning } from "../../shared/check-result";
import { onCluster, type Reach, unreadable } from "../cluster";
import { type Part, placedParts, shutBy, taintText, tolerationAdvice } from "./taints";
import { validSections } from "../../../settings/readable";

/** The nodes that the configuration selects, known once the cluster and (for an EC2 tag) AWS have answered. */
export type PickNodes = (facts: ClusterFacts) => Promise<NodeChoice & { readonly tagsKnown: boolean }>;

/** Whether the nodes exist, accept pods, and have their labels. */
export function nodeChecks(configuration: Configuration, reach: Promise<Reach>, pick: PickNodes): Check[] {
  const { settings, credentials } = configuration;
  const { nodes, nodeLabel, missingNodes, availability } = validSections(configuration);
  const readable = nodes !== undefined && nodeLabel !== undefined && missingNodes !== undefined;
  return [
    onCluster("nodes", reach, async ({ kubeconfig, inTime, lookUp }) => {
      const [{ facts, faults }, { items }] = await Promise.all([
        lookUp(),
        inTime(kubeconfig.makeApiClient(CoreV1Api).listNode()),
      ]);
      if (!readable) return [unreadable(nodes === undefined ? "nodes" : "nodeLabel")];
      if (facts === undefined) return [warning("is not known, because permissions are missing.")];
      const choice = await pick(facts);
      const refused = faults.filter(({ key }) => /^alerting:nodes\.\w+\.selector$/.test(key));
      return [
        ...[...refused, ...choice.faults].map(({ key, sentence }) => failed(`${key}: ${sentence}`)),
        ...choice.warnings.map((one) => warning(one)),
        // The parts as they are deployed: the user's values override the program's.
        ...stateOf(
          choice.chosen,
          availability?.spread ?? "masters",
          items,
          placedParts(releaseValues(settings, Object.keys(credentials)).values),
        ),
      ];
    }),
    onCluster("node labels", reach, async ({ lookUp }) => {
      const { facts } = await lookUp();
      if (!readable) return [unreadable("nodes")];
      if (facts === undefined) return [warning("is not known, because permissions are missing.")];
      const { chosen } = await pick(facts);
      return [labelsOf(labeledNodes(chosen, nodeLabel), nodeLabel, isApplied(facts, configuration))];
    }),
  ];
}

/** Whether `pulumi up` has run for this stack. */
export function isApplied(facts: ClusterFacts, { owner }: Configuration): boolean {
  return facts.owners.some((one) => one.owner === owner);
}

function labelsOf(chosen: readonly ChosenNode[], label: StackSettings["nodeLabel"], applied: boolean): CheckResult {
  const missing = chosen
    .filter(({ node, role }) => node.labels[label.key] !== label[role])
    .map(({ node }) => node.name);
  if (missing.length === 0) {
    return ok(
      `${count(chosen.length, "node")} of ${chosen.length} ${chosen.length === 1 ? "has" : "have"} the label "${label.key}".`,
    );
  }
  if (!applied) return ok(`${count(missing.length, "node")} without the label "${label.key}"; \`pulumi up\` sets it.`);
  return warning(
    `${named(missing)} ${missing.length === 1 ? "lacks" : "lack"} the label "${label.key}", although the stack was applied.`,
    "Run `pulumi up --refresh`: a plain `up` does not notice it.",
  );
}

/** Whether the chosen nodes accept pods. If none of the nodes for Prometheus and Alertmanager does, neither runs. */
function stateOf(
  chosen: readonly ChosenNode[],
  spread: Spread,
  items: readonly V1Node[],
  parts: readonly Part[],
): CheckResult[] {
  const byName = new Map(items.map((node) => [node.metadata?.name ?? "", node]));
  const ours = new Set<ChosenNode>(carriers(chosen, spread));
  const troubles = chosen.map((one) => {
    const { name } = one.node;
    return { name, isOurs: ours.has(one), why: whyNoPods(byName.get(name), ours.has(one) ? parts : []) };
  });
  const none = troubles.every(({ isOurs, why }) => !isOurs || why !== undefined);
  const results = troubles.flatMap(({ name, isOurs, why }) => {
    if (why === undefined) return [];
    return [
      none && isOurs
        ? failed(
            `${name} ${why.what}, and no other ${carrierName(spread)} can run Prometheus and Alertmanager.`,
            why.todo(name),
          )
        : warning(`${name} ${why.what}.`, why.todo(name)),
    ];
  });
  if (results.length > 0 || chosen.length === 0) return results;
  const masters = chosen.filter(({ role }) => role === "master").length;
  const workers = chosen.length - masters;
  return [ok(`${count(masters, "master")} and ${count(workers, "worker")} are ready.`)];
}

interface Why {
  readonly what: string;
  readonly todo: (name: string) => string;
}

/** Why a node does not accept pods, or not these parts. */
function whyNoPods(node: V1Node | undefined, parts: readonly Part[]): Why | undefined {
  if (node === undefined) return { what: "is gone", todo: () => "Run this again." };
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True") {
    const what = `is not ready (${outsideText(ready?.reason ?? "its kubelet reports nothing")})`;
    const todo = (name: string) => `\`kubectl describe node ${name}\`; \`systemctl status kubelet\` on it.`;
    return { what, todo };
  }
  if (node.spec?.unschedulable === true) {
    const todo = (name: string) => `\`kubectl uncordon ${name}\` once it may run pods again.`;
    return { what: "is cordoned", todo };
  }
  const shut = shutBy(node, parts);
  if (shut === undefined) return undefined;
  const away = shut.parts.map(({ name }) => name).join(" and ");
  return {
    what: `has the taint ${shut.taints.map(taintText).join(" and ")}, which keeps ${away} away`,
    todo: (name) =>
      `\`kubectl taint node ${name} ${shut.taints.map(({ key }) => `${key}-`).join(" ")}\`, or ${tolerationAdvice(shut)}.`,
  };
}

/** Reads the names of the cluster's nodes with an EC2 tag from AWS. */
type Tagged = (tag: { key: string; value: string }, nodes: ClusterFacts["nodes"]) => Promise<readonly string[]>;

/** Selects the nodes as the program does; if AWS does not answer, nodes chosen by an EC2 tag stay unknown. */
export function pickNodes(configuration: Configuration, tagged?: Tagged): PickNodes {
  const { settings } = configuration;
  return async (facts) => {
    const names = new Map<unknown, readonly string[]>();
    for (const set of [settings.nodes.masters, settings.nodes.workers]) {
      if (set?.ec2Tag && tagged) names.set(set, await tagged(set.ec2Tag, facts.nodes));
    }
    const tagsKnown = tagged !== undefined;
    return { ...chooseNodes(settings, facts, (set) => names.get(set) ?? [], tagsKnown), tagsKnown };
  };
}
