import { isDeepStrictEqual } from "node:util";
import type { Configuration } from "../../config";
import type { StackSettings } from "../../settings/stack-settings";
import { byDistance, type Fault } from "../../validation/faults";
import { readableKeys } from "../../settings/readable";
import { apiServerFaults } from "./api-server";
import { availabilityFaults } from "./availability";
import { readKubeconfig } from "./kubeconfig";
import { type ClusterFacts, lookUpCluster } from "./cluster-facts";
import { storageFaults } from "./deployed-storage";
import {
  chartNames,
  efsCsiDriverName,
  nodesNamespace,
  ownerAnnotation,
  defaultPriorityClass,
  releaseName,
} from "../../conventions/cluster-names";
import { podSecurityFaults } from "./pod-security";
import { ciliumFaults } from "./network-plugin";
import { chooseNodes } from "./node-choice";
import { nodeRangeFaults } from "./node-ranges";
import { nodeExporterPort } from "./host-port";

/** The input of a check. */
interface Asked {
  readonly settings: StackSettings;
  /** The name of this stack. */
  readonly owner: string;
  readonly facts: ClusterFacts;
  /** Returns whether a setting could be read. */
  readonly isRead: (key: string) => boolean;
}

/**
 * Reports another stack, or another release of the chart, in the cluster, and a namespace that belongs to another
 * stack.
 */
function placeFaults({ settings, owner, facts }: Asked): Fault[] {
  const other = facts.owners.find((one) => one.owner !== owner);
  const own = facts.owners.find((one) => one.owner === owner);
  if (own && !other && own.namespace !== settings.namespace) {
    const sentence = `got "${settings.namespace}", but this stack is in namespace "${own.namespace}" and cannot move: its data and addresses would stay behind. Set it back, or destroy the stack first.`;
    return [{ key: "alerting:namespace", sentence }];
  }
  if (other) {
    const sentence = `the cluster has an alerting stack already: ${other.owner}, in namespace ${other.namespace}. A cluster can have only one, because the chart's cluster roles and node-exporter's host port exist only once. Choose another alerting:context, or destroy that stack first; if it is this stack under an earlier name, run \`kubectl annotate --overwrite namespace ${other.namespace} ${ownerAnnotation}=${owner}\`.`;
    return [{ key: "alerting:context", sentence }];
  }
  if (facts.foreignRelease) {
    const { namespace, name } = facts.foreignRelease;
    const adopt =
      name === releaseName
        ? `To keep it with its data, take it over${namespace === settings.namespace ? "" : `, with alerting:namespace "${namespace}"`}: docs/operations.md, "Adopt a release that was installed by hand". To start again`
        : "It cannot be taken over, because of its name. To start again";
    const sentence = `the cluster has a release of the chart already, ${namespace}/${name}, and can have only one. ${adopt}, remove it: docs/operations.md, "Uninstall a release that was installed by hand", which says what happens to its data.`;
    return [{ key: "alerting:context", sentence }];
  }
  if (facts.namespaceUid === undefined || facts.owners.some((one) => one.namespace === settings.namespace)) return [];
  const sentence = `got "${settings.namespace}", a namespace that exists and is not this stack's; accepted: the name of a namespace that does not exist yet; this program creates it.`;
  return [{ key: "alerting:namespace", sentence }];
}

/** Reports a DaemonSet that already uses node-exporter's port. */
function portFaults({ settings, facts }: Asked): Fault[] {
  // Earlier versions put node-exporter into the main namespace.
  const stacks = [settings.namespace, ...facts.owners.map((one) => one.namespace)].flatMap((one) => [
    one,
    nodesNamespace(one),
  ]);
  return facts.portHolders.flatMap(({ namespace, name, release }) => {
    // This DaemonSet is not reported if its stack or its release is already reported as a whole.
    if (name === chartNames.nodeExporter && stacks.includes(namespace)) return [];
    if (release !== undefined && isDeepStrictEqual(release, facts.foreignRelease)) return [];
    const sentence = `the cluster's DaemonSet ${name} in namespace ${namespace} has port ${nodeExporterPort} on the nodes, which node-exporter needs, so its pods would stay pending. Remove that DaemonSet, or give it another port.`;
    return [{ key: "alerting:context", sentence }];
  });
}

/** Checks the storage class and the CSI driver that the data needs. */
function storageNeeds({ settings: { storage, efsCsiDriver }, facts }: Asked): Fault[] {
  if (storage.type === "storageClass" && !facts.storageClasses.includes(storage.storageClass)) {
    const sentence = `the cluster has no storage class "${storage.storageClass}". ${itHas(storage.storageClass, facts.storageClasses)}`;
    return [{ key: "alerting:storage.storageClass", sentence }];
  }
  if (storage.type === "efs" && efsCsiDriver === "existing" && !facts.hasEfsCsiDriver) {
    const sentence = `the cluster has no CSIDriver ${efsCsiDriverName}, so no EFS volume could be mounted. Install the EFS CSI driver, or set alerting:efsCsiDriver to "install".`;
    return [{ key: "alerting:efsCsiDriver", sentence }];
  }
  return [];
}

function priorityClassFaults({ settings: { priorityClass }, owner, facts }: Asked): Fault[] {
  const key = "alerting:priorityClass";
  const own = facts.owners.some((one) => one.owner === owner);
  // If the stack has no namespace yet, the priority class may remain from an interrupted `up` of this stack; its label
  // shows that.
  if (priorityClass === undefined && !own && facts.foreignPriorityClass) {
    const sentence = `is not set, and the priority class "${defaultPriorityClass}", which would then be created, exists and is not this program's. Set an existing class here, for example that one, or remove that one.`;
    return [{ key, sentence }];
  }
  if (priorityClass === undefined || facts.priorityClasses.includes(priorityClass)) return [];
  const sentence = `the cluster has no priority class "${priorityClass}". ${itHas(priorityClass, facts.priorityClasses)}`;
  return [{ key, sentence }];
}

function dashboardFaults({ settings: { dashboards }, facts }: Asked): Fault[] {
  if (!facts.lacksGrafanaNamespace) return [];
  const sentence = `the cluster has no namespace "${dashboards.namespace}". Set the namespace in which Grafana runs (\`kubectl get pods --all-namespaces --selector app.kubernetes.io/name=grafana\` lists it), or remove this key.`;
  return [{ key: "alerting:dashboards.namespace", sentence }];
}

/** Lists the most similar names that the cluster has. */
function itHas(name: string, names: readonly string[]): string {
  return names.length > 0 ? `It has ${byDistance(name, names).slice(0, 5).join(", ")}.` : "It has none.";
}

/**
 * Checks that need the cluster, each with the settings that it reads, so that problems of other settings do not block
 * it.
 */
const checks: readonly { readonly needs: readonly string[]; readonly faults: (asked: Asked) => readonly Fault[] }[] = [
  { needs: ["namespace"], faults: placeFaults },
  {
    needs: ["namespace", "podSecurity"],
    faults: ({ settings, owner, facts }) => podSecurityFaults(settings, owner, facts.podSecurity),
  },
  {
    needs: ["networkPolicies.enabled", "networkPolicies.nodeRanges"],
    faults: ({ settings, facts }) => nodeRangeFaults(settings, facts.nodes),
  },
  {
    needs: ["networkPolicies"],
    faults: ({ settings, facts }) => apiServerFaults(settings, facts.apiServer),
  },
  {
    needs: ["networkPolicies.enabled"],
    faults: ({ settings, facts }) => ciliumFaults(settings, facts.ciliumIgnoresNodeCidrs),
  },
  {
    needs: ["namespace", "storage"],
    faults: ({ settings, owner, facts: { owners, deployedStorage, growingStorageClasses } }) => {
      const own = owners.find((one) => one.owner === owner);
      if (own?.namespace !== settings.namespace || !deployedStorage) return [];
      return storageFaults(settings, deployedStorage, growingStorageClasses);
    },
  },
  { needs: ["namespace"], faults: portFaults },
  { needs: ["storage.type", "storage.storageClass", "efsCsiDriver"], faults: storageNeeds },
  { needs: ["priorityClass"], faults: priorityClassFaults },
  { needs: ["dashboards.namespace"], faults: dashboardFaults },
  {
    needs: ["missingNodes"],
    faults: ({ settings, facts, isRead }) => {
      const { nodes, missingNodes, nodeLabel } = settings;
      const known = { nodes, missingNodes, ...(isRead("nodeLabel") && { nodeLabel }) };
      return chooseNodes(known, facts, undefined, false).faults;
    },
  },
  {
    needs: ["missingNodes", "nodes", "availability"],
    faults: ({ settings, facts }) => {
      const { nodes, missingNodes } = settings;
      const { chosen, faults } = chooseNodes({ nodes, missingNodes }, facts, undefined, false);
      // Without the nodes that another problem left out, too few would be counted.
      if (faults.length > 0 || Object.keys(facts.refusedSelectors).length > 0) return [];
      return availabilityFaults(settings, chosen, false);
    },
  },
];

/** Reports label selectors that the API server refuses, by their key in the configuration. */
function selectorFaults(nodes: StackSettings["nodes"], facts: ClusterFacts): Fault[] {
  return (["masters", "workers"] as const).flatMap((role) => {
    const selector = nodes[role]?.selector;
    const refusal = selector === undefined ? undefined : facts.refusedSelectors[selector];
    if (refusal === undefined) return [];
    const example = `${role === "masters" ? "" : "!"}node-role.kubernetes.io/control-plane`;
    const sentence = `got "${selector}", which the cluster refuses: ${refusal}. A valid selector is "${example}".`;
    return [{ key: `alerting:nodes.${role}.selector`, sentence }];
  });
}

/**
 * Checks the readable part of the configuration against the cluster, so that all problems are reported together. Asks
 * nothing if the context could not be read.
 */
export async function checkCluster(configuration: Configuration): Promise<{ facts?: ClusterFacts; faults: Fault[] }> {
  const { settings, owner, unread } = configuration;
  const isRead = readableKeys(unread);
  if (!isRead("context")) return { faults: [] };
  const { kubeconfig, faults } = readKubeconfig(settings.context, settings.kubeconfig);
  if (!kubeconfig) return { faults };
  const selectors = [settings.nodes.masters.selector, settings.nodes.workers?.selector].filter(
    (one) => one !== undefined,
  );
  const answer = await lookUpCluster({
    kubeconfig,
    context: settings.context,
    namespace: isRead("namespace") ? settings.namespace : "",
    selectors: [...new Set(selectors)],
    makesVolumes: isRead("storage.type") && settings.storage.type === "efs",
    makesPolicies: isRead("networkPolicies.enabled") && settings.networkPolicies.enabled,
    grafanaNamespace: isRead("dashboards.namespace") ? settings.dashboards.namespace : undefined,
  });
  if (!answer.facts) return answer;
  const { facts } = answer;
  const asked = { settings, owner, facts, isRead };
  const found = checks.filter(({ needs }) => needs.every(isRead)).flatMap((check) => check.faults(asked));
  return { facts, faults: [...answer.faults, ...selectorFaults(settings.nodes, facts), ...found] };
}
