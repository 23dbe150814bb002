/** The kinds that the stand-in implements, and what cannot be changed in place on each, as the real provider has it. */

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The name in the API's paths. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Properties, beside name and namespace, whose change makes a new object. */
  readonly immutable: readonly string[];
  /** Whole properties that are secret, whatever the program says. */
  readonly secret?: readonly string[];
}

const VOLUME_SOURCES = ["awsElasticBlockStore", "csi", "hostPath", "local", "nfs"];

/** Ordinary objects, by the type in the program. */
export const KINDS: Readonly<Record<string, Kind>> = {
  "kubernetes:core/v1:Namespace": core("Namespace", "namespaces", false),
  "kubernetes:core/v1:Secret": {
    ...core("Secret", "secrets", true, ["type", "data"]),
    secret: ["data"],
  },
  "kubernetes:core/v1:ConfigMap": core("ConfigMap", "configmaps", true, ["data", "binaryData"]),
  "kubernetes:core/v1:PersistentVolume": core(
    "PersistentVolume",
    "persistentvolumes",
    false,
    VOLUME_SOURCES.map((source) => `spec.${source}`),
  ),
  "kubernetes:core/v1:PersistentVolumeClaim": core("PersistentVolumeClaim", "persistentvolumeclaims", true, ["spec"]),
  "kubernetes:core/v1:Service": core("Service", "services", true, ["spec.clusterIP"]),
  "kubernetes:apps/v1:Deployment": {
    apiVersion: "apps/v1",
    kind: "Deployment",
    plural: "deployments",
    namespaced: true,
    immutable: ["spec.selector"],
  },
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
    namespaced: true,
    immutable: [],
  },
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": access("ClusterRole", "clusterroles"),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": access("ClusterRoleBinding", "clusterrolebindings", [
    "roleRef",
  ]),
  "kubernetes:scheduling.k8s.io/v1:PriorityClass": {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    plural: "priorityclasses",
    namespaced: false,
    immutable: [],
  },
  "kubernetes:storage.k8s.io/v1:StorageClass": {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    plural: "storageclasses",
    namespaced: false,
    immutable: ["parameters", "provisioner"],
  },
};

/** Objects of others, of which the program sets some fields. */
export const PATCH_KINDS: Readonly<Record<string, Kind>> = {
  "kubernetes:core/v1:NodePatch": core("Node", "nodes", false),
};

function core(kind: string, plural: string, namespaced: boolean, immutable: readonly string[] = []): Kind {
  return { apiVersion: "v1", kind, plural, namespaced, immutable };
}

function access(kind: string, plural: string, immutable: readonly string[] = []): Kind {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, plural, namespaced: false, immutable };
}

/** The path of a collection, or of one object in it, in the API. */
export function apiPath(of: Pick<Kind, "apiVersion" | "plural">, namespace: string | undefined, name?: string): string {
  const root = of.apiVersion.includes("/") ? `/apis/${of.apiVersion}` : `/api/${of.apiVersion}`;
  const scope = namespace === undefined ? [] : ["namespaces", encodeURIComponent(namespace)];
  const end = name === undefined ? [] : [encodeURIComponent(name)];
  return [root, ...scope, of.plural, ...end].join("/");
}
