/** The implemented kinds. Each has the properties that cannot be changed in place, as in the real provider. */

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The kind's name in the API's paths. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Properties whose change requires a new object, in addition to the name and the namespace. */
  readonly immutable: readonly string[];
  /** Properties whose whole content is always secret. */
  readonly secret?: readonly string[];
}

const volumeSources = ["awsElasticBlockStore", "csi", "hostPath", "local", "nfs"];

/** Ordinary objects, by resource type. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...clusterWide("core/v1", "Namespace", "namespaces"),
  ...clusterWide(
    "core/v1",
    "PersistentVolume",
    "persistentvolumes",
    volumeSources.map((source) => `spec.${source}`),
  ),
  ...clusterWide("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles"),
  ...clusterWide("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", ["roleRef"]),
  ...clusterWide("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses"),
  ...namespaced("core/v1", "Secret", "secrets", ["type", "data"], ["data"]),
  ...namespaced("core/v1", "ConfigMap", "configmaps", ["data", "binaryData"]),
  ...namespaced("core/v1", "PersistentVolumeClaim", "persistentvolumeclaims", ["spec"]),
  ...namespaced("core/v1", "Service", "services", ["spec.clusterIP"]),
  ...namespaced("apps/v1", "Deployment", "deployments", ["spec.selector"]),
  ...namespaced("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
};

/** Kinds of objects that belong to someone else. The program sets only some of their fields. */
export const patchKinds: Readonly<Record<string, Kind>> = clusterWide("core/v1", "Node", "nodes", [], "Patch");

function clusterWide(group: string, kind: string, plural: string, immutable: readonly string[] = [], suffix = "") {
  const apiVersion = group.replace(/^core\//, "");
  return { [`kubernetes:${group}:${kind}${suffix}`]: { apiVersion, kind, plural, namespaced: false, immutable } };
}

function namespaced(
  group: string,
  kind: string,
  plural: string,
  immutable: readonly string[] = [],
  secret?: readonly string[],
) {
  const apiVersion = group.replace(/^core\//, "");
  return { [`kubernetes:${group}:${kind}`]: { apiVersion, kind, plural, namespaced: true, immutable, secret } };
}

/** The API path of a collection, or of one object in it. */
export function apiPath(of: Pick<Kind, "apiVersion" | "plural">, namespace: string | undefined, name?: string): string {
  const root = of.apiVersion.includes("/") ? `/apis/${of.apiVersion}` : `/api/${of.apiVersion}`;
  const scope = namespace === undefined ? [] : ["namespaces", encodeURIComponent(namespace)];
  const end = name === undefined ? [] : [encodeURIComponent(name)];
  return [root, ...scope, of.plural, ...end].join("/");
}
