import {
  ApiException,
  AuthenticationV1Api,
  type KubeConfig,
  VersionApi,
  type VersionInfo,
} from "@kubernetes/client-node";
import { apiMessage, ifFound, type InTime, within } from "../../lookup/cluster/api-responses";
import { checkCluster } from "../../lookup/cluster/check";
import { readKubeconfig } from "../../lookup/cluster/kubeconfig";
import { anonymous, anonymousFault, type ClusterFacts, clusterFault, isAnonymous } from "../../lookup/cluster/look-up";
import { signIn } from "../../lookup/cluster/sign-in";
import type { Configuration } from "../../config";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { type Check, failed, type Finding, skipped, warning } from "./check";
import { outsideText } from "../../conventions/outside-text";
import { validSections } from "../../settings/readable";

/** The cluster, as far as it can be asked. */
export interface Cluster {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  /** Bounds one answer. */
  readonly inTime: InTime;
  /** What the program itself finds before it registers anything; asked once for all checks. */
  readonly lookUp: () => Promise<{ facts?: ClusterFacts; faults: Fault[] }>;
}

/** Whether the cluster answers at all. */
export type Reach = { readonly cluster: Cluster; readonly version: VersionInfo } | { readonly fault: Fault };

/** Asks the cluster for its version, which needs no right, and for whom it takes these credentials. */
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

/** Whether the cluster knows nobody by these credentials. Before Kubernetes 1.28 it does not say; the rows of rights do then. */
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
 * A check that asks the cluster. Where that is not reached at all it is skipped, because one row says so; what the
 * credentials may not see is a warning, because the program itself may do without.
 */
export function onCluster(
  name: string,
  reach: Promise<Reach>,
  ask: (cluster: Cluster, version: VersionInfo) => Promise<readonly Finding[]>,
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
          return [warning(`cannot be told: ${outsideText(apiMessage(error))}.`, "Run this as someone who may look.")];
        }
        return [failed(clusterFault(error, reached.cluster.kubeconfig).sentence)];
      }
    },
  };
}

/** A check of a part of the settings; skipped where that part has faults. */
export function needs<Key extends keyof StackSettings>(
  configuration: Configuration,
  key: Key,
): StackSettings[Key] | undefined {
  return validSections(configuration)[key];
}

export const unreadable = (key: string): Finding =>
  skipped(`alerting:${key} could not be read, as the configuration's check says.`);
