import { ApiException, CoreV1Api, type KubeConfig, type V1Namespace } from "@kubernetes/client-node";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { namespaceSecurity, nodesNamespaceSecurity, podSecurityLabels } from "../../conventions/namespace-security";
import { ifFound, type InTime, labelManagers } from "./api-responses";
import { nodesNamespace, ownerAnnotation } from "../../conventions/cluster-names";

/** The Pod Security labels of a namespace, and its owner. */
export interface SecuredNamespace {
  readonly owner?: string;
  /** The namespace's Pod Security labels, each with the field managers that set it, as recorded by the API server. */
  readonly levels: Readonly<Record<string, { readonly value: string; readonly managers: readonly string[] }>>;
}

/** The cluster's facts about Pod Security. */
export interface PodSecurityFacts {
  /** Whether the API server enforces the Pod Security levels of namespaces; undefined if this is unknown. */
  readonly isAdmitting?: boolean;
  /** The stack's two namespaces, if they exist. */
  readonly namespace?: SecuredNamespace;
  readonly nodesNamespace?: SecuredNamespace;
}

/** Reads the facts without changing anything: the namespace is only created in a dry run. */
export async function readPodSecurity(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<PodSecurityFacts> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const read = async (name: string) => ifFound(inTime(core.readNamespace({ name })));
  const [isAdmitting, own, nodes] = await Promise.all([
    isAdmittingPods(core, inTime),
    namespace === "" ? undefined : read(namespace),
    namespace === "" ? undefined : read(nodesNamespace(namespace)),
  ]);
  return {
    ...(isAdmitting !== undefined && { isAdmitting }),
    ...(own && { namespace: secured(own) }),
    ...(nodes && { nodesNamespace: secured(nodes) }),
  };
}

/**
 * Whether Pod Security admission is active: only then the API server refuses a namespace with an unknown level. The
 * namespace is not created in either case.
 */
async function isAdmittingPods(core: CoreV1Api, inTime: InTime): Promise<boolean | undefined> {
  const body: V1Namespace = {
    metadata: { generateName: "alerting-asks-", labels: { [`${podSecurityLabels}enforce`]: "no-such-level" } },
  };
  try {
    await inTime(core.createNamespace({ body, dryRun: "All" }));
    return false;
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    // Other refusals, such as a webhook's, prove nothing; a missing right is reported elsewhere.
    return error.code === 422 ? true : undefined;
  }
}

function secured({ metadata }: V1Namespace): SecuredNamespace {
  const levels = Object.entries(metadata?.labels ?? {}).filter(([key]) => key.startsWith(podSecurityLabels));
  return {
    owner: metadata?.annotations?.[ownerAnnotation],
    levels: Object.fromEntries(levels.map(([key, value]) => [key, { value, managers: labelManagers(metadata, key) }])),
  };
}

/**
 * Problems of the cluster's Pod Security, and of the two namespaces if they exist. `owner` is the name of this stack.
 */
export function podSecurityFaults(
  { namespace, podSecurity }: Pick<StackSettings, "namespace" | "podSecurity">,
  owner: string,
  facts: PodSecurityFacts,
): Fault[] {
  return [
    ...(facts.isAdmitting === false && podSecurity === "required" ? [notAdmitting] : []),
    // A namespace of another stack is reported elsewhere.
    ...(facts.namespace?.owner === owner
      ? otherLevels(namespace, facts.namespace, namespaceSecurity(podSecurity))
      : []),
    ...nodesNamespaceFaults(namespace, owner, facts),
  ];
}

function nodesNamespaceFaults(namespace: string, owner: string, facts: PodSecurityFacts): Fault[] {
  const there = facts.nodesNamespace;
  const nodes = nodesNamespace(namespace);
  if (there === undefined || there.owner === owner) return otherLevels(nodes, there, nodesNamespaceSecurity);
  const isOthers = there.owner !== undefined;
  // If another stack has both namespaces, it is reported elsewhere.
  if (isOthers && there.owner === facts.namespace?.owner) return [];
  // The message advises to remove the namespace only if no other stack has pods in it.
  const whose = isOthers
    ? `, but that of ${there.owner}. Choose another name`
    : `. Choose another name, or remove "${nodes}"`;
  const sentence = `got "${namespace}", and the namespace "${nodes}", which node-exporter would use, exists and is not this stack's${whose}; if it is this stack's under an earlier name, run \`kubectl annotate --overwrite namespace ${nodes} ${ownerAnnotation}=${owner}\`.`;
  return [{ key: "alerting:namespace", sentence }];
}

const notAdmitting: Fault = {
  key: "alerting:podSecurity",
  sentence:
    'got "required", but the cluster has no Pod Security admission, so that nothing would enforce the level of a namespace. Enable the API server\'s admission plugin PodSecurity, which Kubernetes has on by default, or set alerting:podSecurity to "unenforced".',
};

/** Reports labels that another field manager has set to another value and would restore. */
function otherLevels(name: string, there: SecuredNamespace | undefined, wanted: Record<string, string>): Fault[] {
  const others = Object.entries(there?.levels ?? {}).filter(
    ([key, { value, managers }]) =>
      wanted[key] !== undefined && wanted[key] !== value && (managers.length === 0 || !managers.every(isOurs)),
  );
  if (others.length === 0) return [];
  const says = others.map(([key, { value }]) => `${key}=${value}`).join(", ");
  const managers = [...new Set(others.flatMap(([, { managers }]) => managers.filter((one) => !isOurs(one))))];
  const by = managers.length === 0 ? "" : `, set by ${managers.join(", ")}`;
  const needs = others.map(([key]) => `${key}=${wanted[key]}`);
  const sentence = `the namespace "${name}" has ${says}${by}, where this stack needs ${needs.join(", ")}. Run \`kubectl label --overwrite namespace ${name} ${needs.join(" ")}\`, or leave that namespace unchanged: destroy the stack and choose another.`;
  return [{ key: "alerting:namespace", sentence }];
}

/** Whether a field manager is Pulumi's provider, which may change its own values. */
function isOurs(manager: string): boolean {
  return manager.startsWith("pulumi-kubernetes");
}
