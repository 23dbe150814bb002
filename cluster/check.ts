import type { Configuration, StackSettings } from "../config";
import { byDistance, type Fault } from "../configuration/faults";
import { apiServerFaults } from "./api-server";
import { readKubeconfig } from "./kubeconfig";
import { type ClusterFacts, lookUpCluster } from "./look-up";
import { storageFaults } from "./living-storage";
import { chartNames, efsCsiDriverName, nodesNamespace, ownerAnnotation, ownPriorityClass } from "./names";
import { podSecurityFaults } from "./pod-security";
import { blindPluginFaults } from "./network-plugin";
import { chooseNodes } from "./node-choice";
import { nodeRangeFaults } from "./node-ranges";
import { nodeExporterPort } from "./host-port";

/** Faults that only the cluster shows: another owner, a class or driver that is not there. */
export function clusterFaults(settings: StackSettings, owner: string, facts: ClusterFacts): Fault[] {
  const faults: Fault[] = [];
  const other = facts.owners.find((one) => one.owner !== owner);
  const own = facts.owners.find((one) => one.owner === owner);
  if (own && !other && own.namespace !== settings.namespace) {
    faults.push({
      key: "alerting:namespace",
      sentence: `got "${settings.namespace}", but this stack is in namespace "${own.namespace}" and cannot move: its data and addresses would stay behind. Set it back, or destroy the stack first.`,
    });
  } else if (other) {
    faults.push({
      key: "alerting:context",
      sentence: `the cluster has an alerting stack already: ${other.owner}, in namespace ${other.namespace}. One cluster takes one, because the chart's cluster roles and node-exporter's host port are there once. Choose another alerting:context, or destroy that stack first; if it is this stack under an earlier name, run \`kubectl annotate --overwrite namespace ${other.namespace} ${ownerAnnotation}=${owner}\`.`,
    });
  } else if (facts.foreignRelease) {
    faults.push({
      key: "alerting:context",
      sentence: `the cluster has a release of the chart already: ${facts.foreignRelease}. Uninstall it first, because the chart's cluster roles and node-exporter's host port are there once.`,
    });
  } else if (facts.namespaceUid !== undefined && !facts.owners.some((one) => one.namespace === settings.namespace)) {
    faults.push({
      key: "alerting:namespace",
      sentence: `got "${settings.namespace}", a namespace that exists and is not this stack's; accepted: the name of a namespace that does not exist yet, which this program then makes.`,
    });
  }
  faults.push(...podSecurityFaults(settings, owner, facts.podSecurity));
  faults.push(...nodeRangeFaults(settings, facts.nodes), ...apiServerFaults(settings, facts.apiServer));
  faults.push(...blindPluginFaults(settings, facts.blindPlugin));
  const { storage } = settings;
  const ours = own?.namespace === settings.namespace;
  if (ours && facts.livingStorage) {
    faults.push(...storageFaults(storage, facts.livingStorage, facts.growingStorageClasses));
  }
  for (const { namespace, name, release } of facts.portHolders) {
    // Before it had a namespace of its own, node-exporter was with all the rest.
    const stacks = [settings.namespace, ...facts.owners.map((one) => one.namespace)].flatMap((one) => [
      one,
      nodesNamespace(one),
    ]);
    // Of a stack or a release that is refused as a whole, this is a part.
    if (name === chartNames.nodeExporter && stacks.includes(namespace)) continue;
    if (release !== undefined && release === facts.foreignRelease) continue;
    faults.push({
      key: "alerting:context",
      sentence: `the cluster's DaemonSet ${name} in namespace ${namespace} has port ${nodeExporterPort} of the nodes, which node-exporter needs, so its pods would stay pending. Remove that DaemonSet, or give it another port.`,
    });
  }
  if (storage.type === "storageClass" && !facts.storageClasses.includes(storage.storageClass)) {
    const has =
      facts.storageClasses.length > 0
        ? `It has ${byDistance(storage.storageClass, facts.storageClasses).slice(0, 5).join(", ")}.`
        : "It has none.";
    faults.push({
      key: "alerting:storage.storageClass",
      sentence: `the cluster has no storage class "${storage.storageClass}". ${has}`,
    });
  }
  if (storage.type === "efs" && settings.efsCsiDriver === "existing" && !facts.hasEfsCsiDriver) {
    faults.push({
      key: "alerting:efsCsiDriver",
      sentence: `the cluster has no CSIDriver ${efsCsiDriverName}, so no EFS volume could be mounted. Install the EFS CSI driver, or set alerting:efsCsiDriver to "install".`,
    });
  }
  // Without a namespace of ours this may still be what an interrupted `up` of ours has left: the label tells.
  if (settings.priorityClass === undefined && !own && facts.foreignPriorityClass) {
    faults.push({
      key: "alerting:priorityClass",
      sentence: `is not set, and the priority class "${ownPriorityClass}", which would be made then, exists and is not this program's. Name an existing one here, that one if you like, or remove it.`,
    });
  }
  if (settings.priorityClass && !facts.priorityClasses.includes(settings.priorityClass)) {
    faults.push({
      key: "alerting:priorityClass",
      sentence: `the cluster has no priority class "${settings.priorityClass}". It has ${byDistance(settings.priorityClass, facts.priorityClasses).slice(0, 5).join(", ")}.`,
    });
  }
  return faults;
}

const needed = [
  ...(["context", "nodes", "nodeLabel", "missingNodes", "namespace", "podSecurity", "storage"] as const),
  ...(["efsCsiDriver", "networkPolicies"] as const),
] as const;

/** Label selectors that the API server refuses, by the part of the configuration that they are in. */
function selectorFaults(nodes: StackSettings["nodes"] | undefined, facts: ClusterFacts): Fault[] {
  return (["masters", "workers"] as const).flatMap((role) => {
    const selector = nodes?.[role]?.selector;
    const refusal = selector === undefined ? undefined : facts.refusedSelectors[selector];
    if (refusal === undefined) return [];
    const example = `${role === "masters" ? "" : "!"}node-role.kubernetes.io/control-plane`;
    const sentence = `got "${selector}", which the cluster refuses: ${refusal}. A right one is "${example}".`;
    return [{ key: `alerting:nodes.${role}.selector`, sentence }];
  });
}

/**
 * Asks the cluster about as much of the configuration as could be read, so that its faults are told together with the
 * configuration's own. Nothing is asked where the context or the nodes could not be read.
 */
export async function checkCluster(configuration: Configuration): Promise<{ facts?: ClusterFacts; faults: Fault[] }> {
  const settings = configuration.settings as StackSettings;
  if (settings.context === undefined) return { faults: [] };
  const { kubeconfig, faults } = readKubeconfig(settings.context, settings.kubeconfig);
  if (!kubeconfig) return { faults };
  const selectors = [settings.nodes?.masters.selector, settings.nodes?.workers?.selector].filter(
    (one) => one !== undefined,
  );
  const answer = await lookUpCluster({
    kubeconfig,
    context: settings.context,
    namespace: settings.namespace ?? "",
    selectors: [...new Set(selectors)],
    makesVolumes: settings.storage?.type === "efs",
    makesPolicies: settings.networkPolicies?.enabled,
  });
  if (!answer.facts) return answer;
  const known = [...answer.faults, ...selectorFaults(settings.nodes, answer.facts)];
  if (needed.some((key) => settings[key] === undefined)) return { facts: answer.facts, faults: known };
  return {
    facts: answer.facts,
    faults: [
      ...known,
      ...clusterFaults(settings, configuration.owner, answer.facts),
      ...chooseNodes(settings, answer.facts, undefined, false).faults,
    ],
  };
}
