import {
  ApiException,
  AuthenticationV1Api,
  type KubeConfig,
  VersionApi,
  type VersionInfo,
} from "@kubernetes/client-node";
import { apiMessage, ifFound, type InTime, within } from "../../lookup/cluster/api-responses";
import { checkCluster } from "../../lookup/cluster/check-cluster";
import { readKubeconfig } from "../../lookup/cluster/kubeconfig";
import type { ClusterFacts } from "../../lookup/cluster/cluster-facts";
import { anonymous, anonymousFault, clusterFault, isAnonymous } from "../../lookup/cluster/unreachable-cluster";
import { signIn } from "../../lookup/cluster/sign-in";
import type { Configuration } from "../../config";
import type { Fault } from "../../validation/faults";
import { type Check, failed, type CheckResult, skipped, warning } from "../shared/check-result";
import { outsideText } from "../../conventions/outside-text";
import { validSections } from "../../settings/readable";

/** The cluster, once it has answered. */
export interface Cluster {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  /** Limits the time of one answer. */
  readonly inTime: InTime;
  /** Looks up the facts that the program itself needs before it registers anything. All checks share the result. */
  readonly lookUp: () => Promise<{ facts?: ClusterFacts; faults: Fault[] }>;
}

/** Whether the cluster answers at all. */
export type Reach = { readonly cluster: Cluster; readonly version: VersionInfo } | { readonly fault: Fault };

/** Reads the cluster's version, which needs no permission, and the user that these credentials stand for. */
export async function reachCluster(configuration: Configuration, patienceMs = 8_000): Promise<Reach> {
  const { context, kubeconfig: file } = validSections(configuration);
  if (context === undefined) {
    return { fault: { key: "alerting:context", sentence: "could not be read, as the configuration's check says." } };
  }
  const { kubeconfig, faults } = readKubeconfig(context, file);
  if (kubeconfig === undefined) return { fault: faults[0]! };
  const inTime: InTime = (answer) => within(patienceMs, answer);
  try {
    await signIn(kubeconfig);
    const version = await inTime(kubeconfig.makeApiClient(VersionApi).getCode());
    if (await isNobody(kubeconfig, inTime)) return { fault: anonymousFault(context) };
    let looked: ReturnType<Cluster["lookUp"]> | undefined;
    return {
      version,
      cluster: { kubeconfig, context, inTime, lookUp: () => (looked ??= checkCluster(configuration)) },
    };
  } catch (error) {
    return { fault: clusterFault(error, kubeconfig) };
  }
}

/**
 * Whether these credentials are anonymous. A cluster before Kubernetes 1.28 cannot tell; in that case the rows about
 * permissions report the problem.
 */
async function isNobody(kubeconfig: KubeConfig, inTime: InTime): Promise<boolean> {
  const api = kubeconfig.makeApiClient(AuthenticationV1Api);
  try {
    const review = await ifFound(inTime(api.createSelfSubjectReview({ body: {} })));
    return review?.status?.userInfo?.username === anonymous;
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return isAnonymous(error);
    throw error;
  }
}

/**
 * A check that queries the cluster. It is skipped if the cluster cannot be reached, because one row reports that
 * already. A missing permission is only a warning, because the program itself may not need it.
 */
export function onCluster(
  name: string,
  reach: Promise<Reach>,
  ask: (cluster: Cluster, version: VersionInfo) => Promise<readonly CheckResult[]>,
): Check {
  return {
    name,
    async run() {
      const reached = await reach;
      if ("fault" in reached) return [skipped("the cluster was not reached.")];
      try {
        return await ask(reached.cluster, reached.version);
      } catch (error) {
        if (error instanceof ApiException && error.code === 403 && !isAnonymous(error)) {
          return [
            warning(`is not known: ${outsideText(apiMessage(error))}.`, "Run this as a user with read permission."),
          ];
        }
        return [failed(clusterFault(error, reached.cluster.kubeconfig).sentence)];
      }
    },
  };
}

export const unreadable = (key: string): CheckResult =>
  skipped(`alerting:${key} could not be read, as the configuration's check says.`);
