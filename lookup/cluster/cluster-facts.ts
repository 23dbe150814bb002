import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type KubeConfig,
  RbacAuthorizationV1Api,
  SchedulingV1Api,
  StorageV1Api,
  VersionApi,
} from "@kubernetes/client-node";
import type { Fault } from "../../validation/faults";
import { apiMessage, ifFound, type InTime, labelManagers, within } from "./api-responses";
import { type ApiServer, readApiServer } from "./api-server";
import { holdsNodeExporterPort } from "./host-port";
import { type DeployedStorage, readDeployedStorage } from "./deployed-storage";
import { type CiliumIgnoresNodeCidrs, readCilium } from "./network-plugin";
import {
  chartNames,
  chartRoleLabels,
  efsCsiDriverName,
  ownerAnnotation,
  ownerLabel,
  defaultPriorityClass,
  partOf,
  releaseName,
} from "../../conventions/cluster-names";
import { type PodSecurityFacts, readPodSecurity } from "./pod-security";
import { lossOf, type NodeLoss } from "./node-loss";
import { readReplicaPods, type ReplicaPod } from "./replica-pods";
import { missingRights } from "./rights";
import { signIn } from "./sign-in";
import { clusterFault } from "./unreachable-cluster";
import { outsideText } from "../../conventions/outside-text";

/** The known facts about a node. */
export interface ClusterNode extends NodeLoss {
  readonly name: string;
  /** The node's `spec.providerID`, `aws:///<zone>/<instance id>`, if the cluster has a cloud provider. */
  readonly providerId?: string;
  /**
   * The node's address in the cluster's network, which Prometheus uses; undefined until the kubelet has reported it.
   */
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The field managers that set each label, by the label's key, as recorded by the API server. */
  readonly labelManagers: Readonly<Record<string, readonly string[]>>;
}

/** The facts about the cluster that the program reads before it registers anything. */
export interface ClusterFacts {
  readonly nodes: readonly ClusterNode[];
  /** Nodes that match each label selector of the configuration; refused selectors are left out. */
  readonly selected: Readonly<Record<string, readonly string[]>>;
  /** The API server's error messages for label selectors that it refuses. */
  readonly refusedSelectors: Readonly<Record<string, string>>;
  readonly hasEfsCsiDriver: boolean;
  readonly storageClasses: readonly string[];
  /** Storage classes whose claims can be enlarged. */
  readonly growingStorageClasses: readonly string[];
  readonly priorityClasses: readonly string[];
  /** Whether a priority class has this program's name but not its label. */
  readonly foreignPriorityClass: boolean;
  /** Namespaces of all alerting stacks, including this one, and their owners. */
  readonly owners: readonly { namespace: string; owner: string }[];
  /** The uid of the wanted namespace, which this stack or anyone else created; undefined if it does not exist. */
  readonly namespaceUid?: string;
  /** A Helm release of the chart that no alerting stack created, if any. */
  readonly foreignRelease?: { readonly namespace: string; readonly name: string };
  /** The storage of the stack in the wanted namespace; undefined if there is none. */
  readonly deployedStorage?: DeployedStorage;
  /** The pods of Prometheus and Alertmanager in the wanted namespace; undefined if no stack is there. */
  readonly replicaPods?: readonly ReplicaPod[];
  /** DaemonSets that use node-exporter's port, with their Helm release if they have one. */
  readonly portHolders: readonly { namespace: string; name: string; release?: ClusterFacts["foreignRelease"] }[];
  readonly podSecurity: PodSecurityFacts;
  /** The API server's address for pods of the cluster; undefined if it is unknown. */
  readonly apiServer?: ApiServer;
  /** A network plugin that would block the pods' connections to every node; undefined if none was found. */
  readonly ciliumIgnoresNodeCidrs?: CiliumIgnoresNodeCidrs;
  /** Whether the namespace of Grafana does not exist; undefined if there are no dashboards. */
  readonly lacksGrafanaNamespace?: boolean | undefined;
}

export interface LookUp {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  readonly namespace: string;
  readonly selectors: readonly string[];
  /** Whether the program creates volumes, which needs a separate right. */
  readonly makesVolumes: boolean;
  /** Whether the program creates network policies, which needs a separate right. Default: it does not. */
  readonly makesPolicies?: boolean;
  /** The namespace of Grafana, if it gets dashboards. */
  readonly grafanaNamespace?: string | undefined;
  /**
   * The maximum time for one response of the API server. Default: 30 s, because a busy machine or API server may take
   * ten seconds.
   */
  readonly patienceMs?: number;
}

/** Reads the facts from the cluster with the official client, within a limited time. Changes nothing. */
export async function lookUpCluster(ask: LookUp): Promise<{ facts?: ClusterFacts; faults: Fault[] }> {
  const { kubeconfig, namespace, grafanaNamespace, patienceMs = 30_000 } = ask;
  const inTime: InTime = (answer) => within(patienceMs, answer);
  const breakOff = breakable(kubeconfig);
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const storage = kubeconfig.makeApiClient(StorageV1Api);
  let faults: Fault[] = [];
  try {
    await signIn(kubeconfig);
    await inTime(kubeconfig.makeApiClient(VersionApi).getCode());
    faults = await missingRights(kubeconfig, ask, inTime);
    const rbac = kubeconfig.makeApiClient(RbacAuthorizationV1Api);
    const owned = inTime(core.listNamespace({ labelSelector: ownerLabel }));
    const ofStack = async <T>(read: () => Promise<T>) =>
      (await owned).items.some(({ metadata }) => metadata?.name === namespace) ? read() : undefined;
    const daemonSets = inTime(kubeconfig.makeApiClient(AppsV1Api).listDaemonSetForAllNamespaces());
    const [
      nodes,
      driver,
      classes,
      priorities,
      owners,
      own,
      role,
      roles,
      daemons,
      ciliumIgnoresNodeCidrs,
      podSecurity,
      apiServer,
      deployed,
      replicaPods,
      grafana,
      ...picked
    ] = await Promise.all([
      inTime(core.listNode()),
      ifFound(inTime(storage.readCSIDriver({ name: efsCsiDriverName }))),
      inTime(storage.listStorageClass()),
      inTime(kubeconfig.makeApiClient(SchedulingV1Api).listPriorityClass()),
      owned,
      namespace === "" ? undefined : ifFound(inTime(core.readNamespace({ name: namespace }))),
      // The role is also searched by name, because charts before 21 have other labels.
      ifFound(inTime(rbac.readClusterRole({ name: chartNames.server }))),
      inTime(rbac.listClusterRole({ labelSelector: chartRoleLabels })),
      daemonSets,
      daemonSets.then(({ items }) => readCilium(kubeconfig, items, inTime)),
      readPodSecurity(kubeconfig, namespace, inTime),
      readApiServer(kubeconfig, inTime),
      ofStack(() => readDeployedStorage(kubeconfig, namespace, inTime)),
      ofStack(() => readReplicaPods(kubeconfig, namespace, inTime)),
      grafanaNamespace === undefined ? undefined : ifFound(inTime(core.readNamespace({ name: grafanaNamespace }))),
      ...ask.selectors.map((labelSelector) => unlessRefused(inTime(core.listNode({ labelSelector })))),
    ]);
    const selections = ask.selectors.map((selector, index) => ({ selector, ...picked[index]! }));
    return {
      faults,
      facts: {
        nodes: nodes.items.map((node) => ({
          name: node.metadata?.name ?? "",
          providerId: node.spec?.providerID,
          address: node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address,
          labels: node.metadata?.labels ?? {},
          labelManagers: Object.fromEntries(
            Object.keys(node.metadata?.labels ?? {}).map((key) => [key, labelManagers(node.metadata, key)]),
          ),
          ...lossOf(node),
        })),
        selected: Object.fromEntries(
          selections.flatMap(({ selector, value }) =>
            value ? [[selector, value.items.map((node) => node.metadata?.name ?? "")]] : [],
          ),
        ),
        refusedSelectors: Object.fromEntries(
          selections.flatMap(({ selector, refusal }) => (refusal === undefined ? [] : [[selector, refusal]])),
        ),
        hasEfsCsiDriver: driver !== undefined,
        storageClasses: classes.items.map((one) => one.metadata?.name ?? ""),
        growingStorageClasses: classes.items
          .filter((one) => one.allowVolumeExpansion)
          .map((one) => one.metadata?.name ?? ""),
        priorityClasses: priorities.items.map((one) => one.metadata?.name ?? ""),
        foreignPriorityClass: priorities.items.some(
          ({ metadata }) => metadata?.name === defaultPriorityClass && metadata.labels?.[partOf.key] !== partOf.value,
        ),
        owners: owners.items.map((one) => ({
          namespace: one.metadata?.name ?? "",
          owner: one.metadata?.annotations?.[ownerAnnotation] ?? "a stack with an unknown name",
        })),
        namespaceUid: own?.metadata?.uid,
        foreignRelease: [...(role ? [role] : []), ...roles.items]
          .map(helmRelease)
          .find(
            (one) =>
              one !== undefined &&
              !(one.name === releaseName && owners.items.some(({ metadata }) => metadata?.name === one.namespace)),
          ),
        deployedStorage: deployed,
        replicaPods,
        portHolders: daemons.items.filter(holdsNodeExporterPort).map((one) => ({
          namespace: one.metadata?.namespace ?? "",
          name: one.metadata?.name ?? "",
          release: helmRelease(one),
        })),
        podSecurity,
        apiServer,
        ciliumIgnoresNodeCidrs,
        ...(grafanaNamespace !== undefined && { lacksGrafanaNamespace: grafana === undefined }),
      },
    };
  } catch (error) {
    // Only the list of missing rights is reported, because it explains more than the error of a refused list request.
    if (faults.length > 0) return { faults };
    return { faults: [clusterFault(error, kubeconfig)] };
  } finally {
    breakOff();
  }
}

/**
 * Returns a function that aborts all requests: a request without a response would keep the program, and therefore the
 * preview, running.
 */
function breakable(kubeconfig: KubeConfig): () => void {
  // There is one controller for each request: with more than ten listeners on one signal, Node would show a warning
  // about a leak in the preview.
  const controllers: AbortController[] = [];
  const authenticate = kubeconfig.applySecurityAuthentication.bind(kubeconfig);
  // The client offers no other hook: it calls this method for each request before it sends it.
  kubeconfig.applySecurityAuthentication = async (request) => {
    const controller = new AbortController();
    controllers.push(controller);
    request.setSignal(controller.signal);
    await authenticate(request);
  };
  return () => controllers.forEach((controller) => controller.abort());
}

/** A list, or the API server's refusal of a wrong selector. */
async function unlessRefused<T>(answer: Promise<T>): Promise<{ value?: T; refusal?: string }> {
  try {
    return { value: await answer };
  } catch (error) {
    if (error instanceof ApiException && error.code === 400) return { refusal: outsideText(apiMessage(error)) };
    throw error;
  }
}

/** The Helm release of an object. */
function helmRelease({ metadata }: { metadata?: { annotations?: Record<string, string> } }) {
  const { "meta.helm.sh/release-namespace": namespace, "meta.helm.sh/release-name": name = "?" } =
    metadata?.annotations ?? {};
  return namespace === undefined ? undefined : { namespace, name };
}
