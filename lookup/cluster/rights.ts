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

/** Reports, as one problem, the rights that the program needs and its credentials lack. */
export async function missingRights(
  kubeconfig: KubeConfig,
  { context, makesVolumes, makesPolicies }: { context: string; makesVolumes: boolean; makesPolicies?: boolean },
  inTime: InTime,
): Promise<Fault[]> {
  const needed = [
    ...neededRights,
    ...(makesVolumes ? [neededForVolumes] : []),
    ...(makesPolicies ? [neededForPolicies] : []),
  ];
  const api = kubeconfig.makeApiClient(AuthorizationV1Api);
  const reviews = await Promise.all(
    needed.map((resourceAttributes) =>
      inTime(api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { ...resourceAttributes } } } })),
    ),
  );
  const missing = needed
    .filter((_, index) => !reviews[index]!.status?.allowed)
    .map(({ verb, resource }) => `${verb} ${resource}`);
  if (missing.length === 0) return [];
  const sentence = `the credentials of context "${context}" may not ${missing.join(", ")}; use credentials that may.`;
  return [{ key: "alerting:context", sentence }];
}
