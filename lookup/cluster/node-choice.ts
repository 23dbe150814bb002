import { byDistance, type Fault } from "../../validation/faults";
import type { StackSettings } from "../../settings/stack-settings";
import type { NodeSet } from "../../settings/schema";
import type { ClusterFacts, ClusterNode } from "./cluster-facts";
import { nodeLabelManager } from "../../conventions/cluster-names";

/** A node and its role in the configuration. */
export interface ChosenNode {
  readonly node: ClusterNode;
  readonly role: "master" | "worker";
}

/** The nodes to label, with problems and warnings. */
export interface NodeChoice {
  readonly chosen: readonly ChosenNode[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** The nodes of the choice that get the label. */
export function labeledNodes(
  chosen: readonly ChosenNode[],
  label: Pick<StackSettings["nodeLabel"], "nodes">,
): readonly ChosenNode[] {
  return label.nodes === "all" ? chosen : chosen.filter(({ role }) => role === "master");
}

type Tagged = (set: NodeSet) => readonly string[];

/**
 * Selects the nodes that the configuration names. `tagged` returns the names of nodes with an EC2 tag, which only AWS
 * knows. Until AWS was asked, `tagged` returns none and `tagsKnown` is false.
 */
export function chooseNodes(
  settings: Pick<StackSettings, "nodes" | "missingNodes"> & Partial<Pick<StackSettings, "nodeLabel">>,
  facts: Pick<ClusterFacts, "nodes" | "selected">,
  tagged: Tagged = () => [],
  tagsKnown = true,
): NodeChoice {
  const faults: Fault[] = [];
  const warnings: string[] = [];
  const chosen: ChosenNode[] = [];
  const byName = new Map(facts.nodes.map((node) => [node.name, node]));
  const known = [...byName.keys()];

  for (const role of ["master", "worker"] as const) {
    const set = role === "master" ? settings.nodes.masters : settings.nodes.workers;
    // A set that could not be read has no keys.
    if (!set || Object.keys(set).length === 0) continue;
    const key = `alerting:nodes.${role}s`;
    // A refused selector is reported elsewhere and matches no nodes.
    if (set.selector !== undefined && facts.selected[set.selector] === undefined) continue;
    const undecided = set.ec2Tag !== undefined && !tagsKnown;
    const names = set.names ?? (set.selector !== undefined ? facts.selected[set.selector]! : tagged(set));
    const present: ClusterNode[] = [];
    for (const name of names) {
      const node = byName.get(name);
      if (node) {
        present.push(node);
        continue;
      }
      const near =
        known.length > 0
          ? `The most similar names: ${byDistance(name, known).slice(0, 3).join(", ")}.`
          : "It has no node at all.";
      const missing = `the cluster has no node "${name}". ${near}`;
      if (settings.missingNodes === "warn") {
        warnings.push(`${key}.names: ${missing} It is left out, because alerting:missingNodes is "warn".`);
      } else {
        // Without any master there is nothing to go on with.
        const others = role === "worker" || names.some((one) => byName.has(one));
        const around = others ? ' To go on without a node that is gone, set alerting:missingNodes to "warn".' : "";
        faults.push({ key: `${key}.names`, sentence: `${missing}${around}` });
      }
    }
    if (present.length === 0 && !undecided && (set.names === undefined || settings.missingNodes === "warn")) {
      const { way, instead } = wayOf(set, facts.nodes);
      if (role === "master") {
        const sentence = `the ${way} selects no master, and Prometheus and Alertmanager run on masters. ${instead}`;
        faults.push({ key, sentence });
      } else if (names.length === 0 && set.names === undefined) warnings.push(`${key}: the ${way} selects no node.`);
    }
    const unfit = present.flatMap((node) => {
      const why = whyUnfit(node);
      return why === undefined ? [] : [{ node, why }];
    });
    if (role === "master") {
      for (const { node, why } of unfit) {
        const sentence = `node "${node.name}" ${why}, and Prometheus and Alertmanager run on Linux machines. Leave it out.`;
        faults.push({ key, sentence });
      }
    } else if (unfit.length > 0) {
      const told = unfit.map(({ node, why }) => `"${node.name}" ${why}`).join(", ");
      warnings.push(
        `${key}: ${told}. Node-exporter does not run there, so no label is set, and nothing monitors them.`,
      );
    }
    for (const node of present.filter((one) => !unfit.some(({ node: other }) => other === one))) {
      const twice = chosen.find((one) => one.node.name === node.name);
      if (twice && twice.role !== role)
        faults.push({ key, sentence: `node "${node.name}" is already selected as a master.` });
      else if (!twice) chosen.push({ node, role });
    }
  }
  const { nodeLabel } = settings;
  if (nodeLabel) {
    const labeled = labeledNodes(chosen, nodeLabel);
    for (const one of labeled) faults.push(...foreignLabel(one, nodeLabel));
    // A former master keeps its label, and would attract Prometheus and Alertmanager.
    for (const { node } of chosen.filter((one) => !labeled.includes(one)))
      if (node.labels[nodeLabel.key] === nodeLabel.master) {
        const label = `${nodeLabel.key}=${nodeLabel.master}`;
        const sentence = `node "${node.name}" is a worker and has the masters' label ${label}, so Prometheus could run there. Run \`kubectl label node ${node.name} ${nodeLabel.key}-\`.`;
        faults.push({ key: "alerting:nodeLabel.nodes", sentence });
      }
  }
  return { chosen, faults, warnings };
}

/** How a set selects its nodes, and what to write if it selects none. */
function wayOf({ selector, ec2Tag, names = [] }: NodeSet, nodes: readonly ClusterNode[]) {
  if (ec2Tag) {
    const instead = "Set the tag on the instances of the masters, or name another tag.";
    return { way: `EC2 tag ${ec2Tag.key}=${ec2Tag.value}`, instead };
  }
  if (selector === undefined) {
    const known = nodes.map(({ name }) => name).slice(0, 5);
    const instead = `The cluster has ${known.length === 0 ? "no node" : `the nodes ${known.join(", ")}`}.`;
    return { way: `list of names (${names.join(", ")})`, instead };
  }
  const current = "node-role.kubernetes.io/control-plane";
  const instead = nodes.some(({ labels }) => current in labels)
    ? `Masters of this cluster have the label "${current}".`
    : "`kubectl get nodes --show-labels` shows the labels of all nodes.";
  return { way: `selector "${selector}"`, instead };
}

/** Why a node cannot run pods; undefined if it is a Linux machine. */
function whyUnfit({ labels, providerId }: ClusterNode): string | undefined {
  const system = labels["kubernetes.io/os"] ?? "linux";
  if (system !== "linux") return `runs ${system === "windows" ? "Windows" : system}`;
  const isVirtual =
    labels.type === "virtual-kubelet" ||
    labels["eks.amazonaws.com/compute-type"] === "fargate" ||
    /\/fargate-[^/]+$/.test(providerId ?? "");
  return isVirtual ? "is virtual, without a real machine" : undefined;
}

/** Refuses a label that someone else set to another value: changing it might break its other use. */
function foreignLabel({ node, role }: ChosenNode, label: StackSettings["nodeLabel"]): Fault[] {
  const { key, [role]: wanted } = label;
  const value = node.labels[key];
  if (value === undefined || value === wanted) return [];
  const others = (node.labelManagers[key] ?? []).filter((manager) => manager !== nodeLabelManager);
  if (others.length === 0) return [];
  return [
    {
      key: "alerting:nodeLabel",
      sentence:
        `node "${node.name}" has the label ${key}=${value} already, set by ${others.map((one) => `"${one}"`).join(", ")}, and would get ${key}=${wanted}. ` +
        `Choose another alerting:nodeLabel.key, or remove that label: kubectl label node ${node.name} ${key}-`,
    },
  ];
}
