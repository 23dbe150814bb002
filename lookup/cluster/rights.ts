import { AuthorizationV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { Fault } from "../../validation/faults";
import type { InTime } from "./api-responses";

const neededRights = [
  { verb: "patch", resource: "nodes", group: "" },
  { verb: "create", resource: "namespaces", group: "" },
  { verb: "create", resource: "clusterroles", group: "rbac.authorization.k8s.io" },
  { verb: "create", resource: "clusterrolebindings", group: "rbac.authorization.k8s.io" },
];
/** The right that only data on EFS needs: for other storage classes the cluster creates the volumes. */
const neededForVolumes = { verb: "create", resource: "persistentvolumes", group: "" };

/** The right that only network policies need; they can be switched off. */
const neededForPolicies = { verb: "create", resource: "networkpolicies", group: "networking.k8s.io" };

/** The rights that only dashboards need, in Grafana's namespace. */
const neededForDashboards = (namespace: string) =>
  ["configmaps", "secrets"].map((resource) => ({ verb: "create", resource, group: "", namespace }));

interface RightsAsked {
  readonly context: string;
  readonly makesVolumes: boolean;
  readonly makesPolicies?: boolean | undefined;
  /** The namespace of Grafana, if it gets dashboards. */
  readonly grafanaNamespace?: string | undefined;
}

/** A right; without a namespace, in all namespaces or for objects outside of them. */
interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  readonly namespace?: string;
}

/** Reports, as one problem, the rights that the program needs and its credentials lack. */
export async function missingRights(
  kubeconfig: KubeConfig,
  { context, makesVolumes, makesPolicies, grafanaNamespace }: RightsAsked,
  inTime: InTime,
): Promise<Fault[]> {
  const needed: readonly Right[] = [
    ...neededRights,
    ...(makesVolumes ? [neededForVolumes] : []),
    ...(makesPolicies ? [neededForPolicies] : []),
    ...(grafanaNamespace === undefined ? [] : neededForDashboards(grafanaNamespace)),
  ];
  const api = kubeconfig.makeApiClient(AuthorizationV1Api);
  const reviews = await Promise.all(
    needed.map((resourceAttributes) =>
      inTime(api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { ...resourceAttributes } } } })),
    ),
  );
  const missing = needed
    .filter((_, index) => !reviews[index]!.status?.allowed)
    .map(({ verb, resource, namespace }) => `${verb} ${resource}${namespace === undefined ? "" : ` in ${namespace}`}`);
  if (missing.length === 0) return [];
  const sentence = `the credentials of context "${context}" may not ${missing.join(", ")}; use credentials that may.`;
  return [{ key: "alerting:context", sentence }];
}
