import { CoreV1Api, type V1Node } from "@kubernetes/client-node";
import { type ChosenNode, chooseNodes, type NodeChoice } from "../../cluster/node-choice";
import type { ClusterFacts } from "../../cluster/look-up";
import { masterTolerations } from "../../components/placement";
import type { Configuration, StackSettings } from "../../config";
import { type Check, count, failed, type Finding, named, ok, warning } from "../check";
import { onCluster, type Reach, unreadable } from "../cluster";

/** The nodes that the configuration picks, once the cluster and, for an EC2 tag, AWS have said which these are. */
export type PickNodes = (facts: ClusterFacts) => Promise<NodeChoice>;

/** Whether the nodes are there, take pods, and carry their labels. */
export function nodeChecks(configuration: Configuration, reach: Promise<Reach>, pick: PickNodes): Check[] {
  const { nodes, nodeLabel, missingNodes } = configuration.settings;
  const readable = nodes !== undefined && nodeLabel !== undefined && missingNodes !== undefined;
  return [
    onCluster("nodes", reach, async ({ kubeconfig, inTime, lookUp }) => {
      const [{ facts, faults }, { items }] = await Promise.all([
        lookUp(),
        inTime(kubeconfig.makeApiClient(CoreV1Api).listNode()),
      ]);
      if (!readable) return [unreadable(nodes === undefined ? "nodes" : "nodeLabel")];
      if (facts === undefined) return [warning("cannot be told, because of the rights that are lacking.")];
      const choice = await pick(facts);
      const refused = faults.filter(({ key }) => /^alerting:nodes\.\w+\.selector$/.test(key));
      return [
        ...[...refused, ...choice.faults].map(({ key, sentence }) => failed(`${key}: ${sentence}`)),
        ...choice.warnings.map((one) => warning(one)),
        ...stateOf(choice.chosen, items),
      ];
    }),
    onCluster("node labels", reach, async ({ lookUp }) => {
      const { facts } = await lookUp();
      if (!readable) return [unreadable("nodes")];
      if (facts === undefined) return [warning("cannot be told, because of the rights that are lacking.")];
      const { chosen } = await pick(facts);
      return [labelsOf(chosen, nodeLabel, isApplied(facts, configuration))];
    }),
  ];
}

/** Whether `pulumi up` has run for this stack. */
function isApplied(facts: ClusterFacts, { owner }: Configuration): boolean {
  return facts.owners.some((one) => one.owner === owner);
}

function labelsOf(chosen: readonly ChosenNode[], label: StackSettings["nodeLabel"], applied: boolean): Finding {
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
    `${named(missing)} ${missing.length === 1 ? "lacks" : "lack"} the label "${label.key}", though the stack was applied.`,
    "Run `pulumi up --refresh`: a plain `up` does not see it.",
  );
}

/** Whether the chosen nodes take pods. Without a master that does, neither Prometheus nor Alertmanager runs. */
function stateOf(chosen: readonly ChosenNode[], items: readonly V1Node[]): Finding[] {
  const byName = new Map(items.map((node) => [node.metadata?.name ?? "", node]));
  const trouble = (role: ChosenNode["role"]) =>
    chosen
      .filter((one) => one.role === role)
      .map(({ node: { name } }) => ({ name, why: whyNoPods(byName.get(name), role) }));
  const [masters, workers] = [trouble("master"), trouble("worker")];
  const bad = [...masters, ...workers].filter(({ why }) => why !== undefined);
  const noMaster = masters.length > 0 && masters.every(({ why }) => why !== undefined);
  const findings = bad.map(({ name, why }) => {
    const isMaster = masters.some((one) => one.name === name);
    const told = `${name} ${why!.what}`;
    return noMaster && isMaster
      ? failed(`${told}, and no other master takes Prometheus and Alertmanager.`, why!.todo(name))
      : warning(`${told}.`, why!.todo(name));
  });
  if (findings.length > 0 || chosen.length === 0) return findings;
  return [ok(`${count(masters.length, "master")} and ${count(workers.length, "worker")} are there and ready.`)];
}

interface Why {
  readonly what: string;
  readonly todo: (name: string) => string;
}

function whyNoPods(node: V1Node | undefined, role: ChosenNode["role"]): Why | undefined {
  if (node === undefined) return { what: "is gone", todo: () => "Run this again." };
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True") {
    const what = `is not ready (${ready?.reason ?? "its kubelet says nothing"})`;
    return { what, todo: (name) => `\`kubectl describe node ${name}\`; \`systemctl status kubelet\` on it.` };
  }
  if (node.spec?.unschedulable === true) {
    return { what: "is cordoned", todo: (name) => `\`kubectl uncordon ${name}\` once it may take pods again.` };
  }
  // Node-exporter, which is what runs on workers, bears every taint.
  const taint = role === "master" ? (node.spec?.taints ?? []).find(isNotTolerated) : undefined;
  if (taint === undefined) return undefined;
  const written = `${taint.key}${taint.value === undefined ? "" : `=${taint.value}`}:${taint.effect}`;
  return {
    what: `has the taint ${written}, which keeps Prometheus and Alertmanager away`,
    todo: (name) =>
      `\`kubectl taint node ${name} ${taint.key}-\`, or tolerate it by alerting:values (server.tolerations, alertmanager.tolerations).`,
  };
}

function isNotTolerated({ key, effect }: { key: string; effect: string }): boolean {
  if (effect === "PreferNoSchedule" || key === "node.kubernetes.io/unschedulable") return false;
  return !masterTolerations.some((one) => one.key === key && (one.effect === undefined || one.effect === effect));
}

/** Asks AWS for the names of the cluster's nodes that carry an EC2 tag. */
type Tagged = (tag: { key: string; value: string }, nodes: ClusterFacts["nodes"]) => Promise<readonly string[]>;

/** Picks the nodes as the program does; without AWS, those of an EC2 tag stay open. */
export function pickNodes(configuration: Configuration, tagged?: Tagged): PickNodes {
  const settings = configuration.settings as StackSettings;
  return async (facts) => {
    const names = new Map<unknown, readonly string[]>();
    for (const set of [settings.nodes.masters, settings.nodes.workers]) {
      if (set?.ec2Tag && tagged) names.set(set, await tagged(set.ec2Tag, facts.nodes));
    }
    return chooseNodes(settings, facts, (set) => names.get(set) ?? [], tagged !== undefined);
  };
}
