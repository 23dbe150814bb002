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
import { missingRights } from "./rights";
import { signIn, SignInWaits } from "./sign-in";
import { outsideText } from "../../conventions/outside-text";

/** What is known of a node. */
export interface ClusterNode {
  readonly name: string;
  /** `aws:///<zone>/<instance id>` where the cluster knows its cloud. */
  readonly providerId?: string;
  /** Its address in the cluster's network, by which Prometheus reaches it; undefined before its kubelet has reported it. */
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Who set each label, by key: field managers as the API server recorded them. */
  readonly labelManagers: Readonly<Record<string, readonly string[]>>;
}

/** What the program asks of the cluster before it registers anything. */
export interface ClusterFacts {
  readonly nodes: readonly ClusterNode[];
  /** Nodes that each label selector of the configuration picks; one that is refused is not among them. */
  readonly selected: Readonly<Record<string, readonly string[]>>;
  /** What the API server says of label selectors that it refuses. */
  readonly refusedSelectors: Readonly<Record<string, string>>;
  readonly hasEfsCsiDriver: boolean;
  readonly storageClasses: readonly string[];
  /** Those whose claims can be made larger. */
  readonly growingStorageClasses: readonly string[];
  readonly priorityClasses: readonly string[];
  /** Whether one has the name of ours and lacks the label that ours is made with. */
  readonly foreignPriorityClass: boolean;
  /** Namespaces of alerting stacks, ours too, and whose they are. */
  readonly owners: readonly { namespace: string; owner: string }[];
  /** The uid of the wanted namespace, whoever created it; undefined where it does not exist. */
  readonly namespaceUid?: string;
  /** A Helm release of the chart that no alerting stack made, if any. */
  readonly foreignRelease?: { readonly namespace: string; readonly name: string };
  /** What a stack in the wanted namespace has; undefined where there is none. */
  readonly deployedStorage?: DeployedStorage;
  /** DaemonSets that take node-exporter's port on nodes, with their release if they have one. */
  readonly portHolders: readonly { namespace: string; name: string; release?: ClusterFacts["foreignRelease"] }[];
  readonly podSecurity: PodSecurityFacts;
  /** Where the cluster's own pods reach the API server; undefined where it was not to be learnt. */
  readonly apiServer?: ApiServer;
  /** A network plugin that would keep the pods from every node; undefined where none is known to. */
  readonly ciliumIgnoresNodeCidrs?: CiliumIgnoresNodeCidrs;
}

export interface LookUp {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  readonly namespace: string;
  readonly selectors: readonly string[];
  /** Whether volumes are made, which takes a right of its own. */
  readonly makesVolumes: boolean;
  /** The same of network policies. Default: none are made. */
  readonly makesPolicies?: boolean;
  /** How long one answer of the API server may take. Default: 30 s, since a busy machine or API server may take ten. */
  readonly patienceMs?: number;
}

/**
 * Why the cluster of a kubeconfig's current context did not answer, as a sentence. Nothing of its credentials is in it,
 * though an error may repeat them: one of HTTP quotes the whole header, and a sign-in program prints what it likes.
 */
export function clusterFault(error: unknown, kubeconfig: KubeConfig): Fault {
  const key = "alerting:context";
  const context = kubeconfig.getCurrentContext();
  const shown = (text: string) => outsideText(text, credentialsOf(kubeconfig)).replace(/\.+$/, "");
  if (error instanceof ApiException) {
    if (isAnonymous(error)) return anonymousFault(context);
    const why =
      error.code === 401
        ? "does not accept its credentials (401); sign in again"
        : `answered ${error.code}: ${shown(apiMessage(error))}`;
    const sentence =
      error.code === 403
        ? `the credentials of context "${context}" lack a right (403): ${shown(apiMessage(error))}.`
        : `the cluster of context "${context}" ${why}.`;
    return { key, sentence };
  }
  if (error instanceof SignInWaits) {
    const sentence =
      `signs in by the program ${error.command}, which gave no credentials within ${error.seconds} s and was ended: it may ` +
      `wait for a code or a browser. Sign in by hand first (\`kubectl --context ${context} version\`), and run this again.`;
    return { key, sentence: `the kubeconfig's context "${context}" ${sentence}` };
  }
  const { message, code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && syscall?.startsWith("spawn")) {
    const sentence = `signs in by the program ${path}, which is not on the PATH. Install it, or run this where it is.`;
    return { key, sentence: `the kubeconfig's context "${context}" ${sentence}` };
  }
  // The parser's own words quote what it read, and a sign-in program's output may be a token.
  const { server = "an unknown address", proxyUrl } = kubeconfig.getCurrentCluster() ?? {};
  const through =
    proxyUrl === undefined || !URL.canParse(proxyUrl) ? "" : ` through the proxy ${new URL(proxyUrl).host}`;
  const why = error instanceof SyntaxError ? "what came was not JSON" : message || code || String(error);
  const sentence = `the cluster of context "${context}" at ${shown(server)}${through} does not answer: ${shown(why)}. Is it up, and can this machine reach it?`;
  return { key, sentence };
}

/** The user of requests without credentials that the API server knows. */
export const anonymous = "system:anonymous";

/** Whether the cluster refuses a request because it does not know its sender. */
export function isAnonymous(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403 && apiMessage(error).includes(`"${anonymous}"`);
}

/** The cluster answers, and does not know the context's credentials. */
export function anonymousFault(context: string): Fault {
  const sentence = `the cluster of context "${context}" takes its requests for those of ${anonymous}: the context's user has no token, certificate or program that signs in. Give it one, or sign in again.`;
  return { key: "alerting:context", sentence };
}

/** The secrets that the current user signs in with. */
function credentialsOf(kubeconfig: KubeConfig): string[] {
  const user = kubeconfig.getCurrentUser();
  return [user?.token, user?.password, user?.keyData].filter((one) => one !== undefined);
}

/** Asks the cluster, by the official client, within bounded time. Changes nothing. */
export async function lookUpCluster(ask: LookUp): Promise<{ facts?: ClusterFacts; faults: Fault[] }> {
  const { kubeconfig, namespace, patienceMs = 30_000 } = ask;
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
      ...picked
    ] = await Promise.all([
      inTime(core.listNode()),
      ifFound(inTime(storage.readCSIDriver({ name: efsCsiDriverName }))),
      inTime(storage.listStorageClass()),
      inTime(kubeconfig.makeApiClient(SchedulingV1Api).listPriorityClass()),
      owned,
      namespace === "" ? undefined : ifFound(inTime(core.readNamespace({ name: namespace }))),
      // By its name too: charts before 21 labeled it differently.
      ifFound(inTime(rbac.readClusterRole({ name: chartNames.server }))),
      inTime(rbac.listClusterRole({ labelSelector: chartRoleLabels })),
      daemonSets,
      daemonSets.then(({ items }) => readCilium(kubeconfig, items, inTime)),
      readPodSecurity(kubeconfig, namespace, inTime),
      readApiServer(kubeconfig, inTime),
      owned.then(({ items }) =>
        items.some((one) => one.metadata?.name === namespace)
          ? readDeployedStorage(kubeconfig, namespace, inTime)
          : undefined,
      ),
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
          owner: one.metadata?.annotations?.[ownerAnnotation] ?? "a stack that did not leave its name",
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
        portHolders: daemons.items.filter(holdsNodeExporterPort).map((one) => ({
          namespace: one.metadata?.namespace ?? "",
          name: one.metadata?.name ?? "",
          release: helmRelease(one),
        })),
        podSecurity,
        apiServer,
        ciliumIgnoresNodeCidrs,
      },
    };
  } catch (error) {
    // A refused list says less than the list of missing rights.
    if (faults.length > 0) return { faults };
    return { faults: [clusterFault(error, kubeconfig)] };
  } finally {
    breakOff();
  }
}

/** Ends all requests together: one that is never answered would keep the program, and with it the preview, running. */
function breakable(kubeconfig: KubeConfig): () => void {
  // One for each: Node takes more than ten listeners of one signal for a leak, and warns of it in the preview.
  const controllers: AbortController[] = [];
  const authenticate = kubeconfig.applySecurityAuthentication.bind(kubeconfig);
  // The client has no other place for it: this is what it calls with each request before it sends it.
  kubeconfig.applySecurityAuthentication = async (request) => {
    const controller = new AbortController();
    controllers.push(controller);
    request.setSignal(controller.signal);
    await authenticate(request);
  };
  return () => controllers.forEach((controller) => controller.abort());
}

/** A list, or why the API server refuses it, which is the selector's mistake. */
async function unlessRefused<T>(answer: Promise<T>): Promise<{ value?: T; refusal?: string }> {
  try {
    return { value: await answer };
  } catch (error) {
    if (error instanceof ApiException && error.code === 400) return { refusal: outsideText(apiMessage(error)) };
    throw error;
  }
}

/** The Helm release that an object belongs to. */
function helmRelease({ metadata }: { metadata?: { annotations?: Record<string, string> } }) {
  const { "meta.helm.sh/release-namespace": namespace, "meta.helm.sh/release-name": name = "?" } =
    metadata?.annotations ?? {};
  return namespace === undefined ? undefined : { namespace, name };
}
