import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  type KubeConfig,
  RbacAuthorizationV1Api,
  SchedulingV1Api,
  StorageV1Api,
  VersionApi,
} from "@kubernetes/client-node";
import type { Fault } from "../configuration/faults";
import { chartNames, chartRoleLabels, efsCsiDriverName, ownerAnnotation, ownerLabel, releaseName } from "./names";

/** What is known of a node. */
export interface ClusterNode {
  readonly name: string;
  /** `aws:///<zone>/<instance id>` where the cluster knows its cloud. */
  readonly providerId?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Who set each label, by key: field managers as the API server recorded them. */
  readonly labelManagers: Readonly<Record<string, readonly string[]>>;
}

/** What the program asks of the cluster before it registers anything. */
export interface ClusterFacts {
  readonly nodes: readonly ClusterNode[];
  /** Nodes that each label selector of the configuration picks. */
  readonly selected: Readonly<Record<string, readonly string[]>>;
  readonly hasEfsCsiDriver: boolean;
  readonly storageClasses: readonly string[];
  readonly priorityClasses: readonly string[];
  /** Namespaces of alerting stacks, ours too, and whether the wanted one exists. */
  readonly owners: readonly { namespace: string; owner: string }[];
  readonly namespaceExists: boolean;
  /** Another Helm release of the same chart in the cluster, if any: `<namespace>/<name>`. */
  readonly foreignRelease?: string;
}

export interface LookUp {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  readonly namespace: string;
  readonly selectors: readonly string[];
  /** How long one answer of the API server may take. Default: 10 s. */
  readonly patienceMs?: number;
}

type InTime = <T>(answer: Promise<T>) => Promise<T>;

async function within<T>(patienceMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The values that are there; undefined for what is not found. */
async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}

function apiMessage(error: ApiException<unknown>): string {
  const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body);
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}

/** Why the cluster did not answer, as a sentence. */
export function clusterFault(error: unknown, context: string, server: string): Fault {
  const key = "alerting:context";
  if (error instanceof ApiException) {
    if (error.code === 401)
      return {
        key,
        sentence: `the cluster of context "${context}" does not accept its credentials (401); sign in again.`,
      };
    if (error.code === 403)
      return { key, sentence: `the credentials of context "${context}" lack a right (403): ${apiMessage(error)}.` };
    return { key, sentence: `the cluster of context "${context}" answered ${error.code}: ${apiMessage(error)}.` };
  }
  const { message, code } = error as NodeJS.ErrnoException;
  const why = message || code || String(error);
  return {
    key,
    sentence: `the cluster of context "${context}" at ${server} does not answer: ${why}. Is it up, and can this machine reach it?`,
  };
}

const neededRights = [
  { verb: "patch", resource: "nodes", group: "" },
  { verb: "create", resource: "namespaces", group: "" },
  { verb: "create", resource: "persistentvolumes", group: "" },
  { verb: "create", resource: "clusterroles", group: "rbac.authorization.k8s.io" },
] as const;

async function missingRights(kubeconfig: KubeConfig, context: string, inTime: InTime): Promise<Fault[]> {
  const api = kubeconfig.makeApiClient(AuthorizationV1Api);
  const reviews = await Promise.all(
    neededRights.map((resourceAttributes) =>
      inTime(api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { ...resourceAttributes } } } })),
    ),
  );
  const missing = neededRights
    .filter((_, index) => !reviews[index]!.status?.allowed)
    .map(({ verb, resource }) => `${verb} ${resource}`);
  if (missing.length === 0) return [];
  return [
    {
      key: "alerting:context",
      sentence: `the credentials of context "${context}" may not ${missing.join(", ")}; use ones that may.`,
    },
  ];
}

/** Asks the cluster, by the official client, within bounded time. Changes nothing. */
export async function lookUpCluster(ask: LookUp): Promise<{ facts?: ClusterFacts; faults: Fault[] }> {
  const { kubeconfig, context, namespace, patienceMs = 10_000 } = ask;
  const inTime: InTime = (answer) => within(patienceMs, answer);
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const storage = kubeconfig.makeApiClient(StorageV1Api);
  try {
    await inTime(kubeconfig.makeApiClient(VersionApi).getCode());
    const faults = await missingRights(kubeconfig, context, inTime);
    const rbac = kubeconfig.makeApiClient(RbacAuthorizationV1Api);
    const [nodes, driver, classes, priorities, owned, own, role, roles, ...picked] = await Promise.all([
      inTime(core.listNode()),
      ifFound(inTime(storage.readCSIDriver({ name: efsCsiDriverName }))),
      inTime(storage.listStorageClass()),
      inTime(kubeconfig.makeApiClient(SchedulingV1Api).listPriorityClass()),
      inTime(core.listNamespace({ labelSelector: ownerLabel })),
      ifFound(inTime(core.readNamespace({ name: namespace }))),
      // By its name too: charts before 21 labelled it otherwise.
      ifFound(inTime(rbac.readClusterRole({ name: chartNames.server }))),
      inTime(rbac.listClusterRole({ labelSelector: chartRoleLabels })),
      ...ask.selectors.map((labelSelector) => inTime(core.listNode({ labelSelector }))),
    ]);
    return {
      faults,
      facts: {
        nodes: nodes.items.map((node) => ({
          name: node.metadata?.name ?? "",
          providerId: node.spec?.providerID,
          labels: node.metadata?.labels ?? {},
          labelManagers: labelManagers(node.metadata?.managedFields ?? []),
        })),
        selected: Object.fromEntries(
          ask.selectors.map((selector, index) => [
            selector,
            picked[index]!.items.map((node) => node.metadata?.name ?? ""),
          ]),
        ),
        hasEfsCsiDriver: driver !== undefined,
        storageClasses: classes.items.map((one) => one.metadata?.name ?? ""),
        priorityClasses: priorities.items.map((one) => one.metadata?.name ?? ""),
        owners: owned.items.map((one) => ({
          namespace: one.metadata?.name ?? "",
          owner: one.metadata?.annotations?.[ownerAnnotation] ?? "a stack that did not leave its name",
        })),
        namespaceExists: own !== undefined,
        foreignRelease: [...(role ? [role] : []), ...roles.items]
          .map((one) => one.metadata?.annotations ?? {})
          .filter((one) => one["meta.helm.sh/release-namespace"] !== undefined)
          .map((one) => `${one["meta.helm.sh/release-namespace"]}/${one["meta.helm.sh/release-name"] ?? "?"}`)
          .find((release) => release !== `${namespace}/${releaseName}`),
      },
    };
  } catch (error) {
    return { faults: [clusterFault(error, context, kubeconfig.getCurrentCluster()?.server ?? "an unknown address")] };
  }
}

function labelManagers(managedFields: readonly { manager?: string; fieldsV1?: unknown }[]): Record<string, string[]> {
  const managers: Record<string, string[]> = {};
  for (const { manager, fieldsV1 } of managedFields) {
    const fields = fieldsV1 as { "f:metadata"?: { "f:labels"?: Record<string, unknown> } } | undefined;
    for (const field of Object.keys(fields?.["f:metadata"]?.["f:labels"] ?? {})) {
      if (field.startsWith("f:")) (managers[field.slice(2)] ??= []).push(manager ?? "an unnamed manager");
    }
  }
  return managers;
}
