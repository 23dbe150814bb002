import type { Agent, AgentOptions } from "node:https";
import { type Cluster, KubeConfig } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { byDistance, type Fault } from "../../validation/faults";
import { proxiesOf, proxyFor } from "../../settings/proxies";
import { boundSignIn } from "./sign-in";

function inHome(file: string): string {
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
}

/**
 * Reads the kubeconfig and selects the wanted context. The file is the one in the setting, otherwise in `KUBECONFIG`,
 * otherwise the default one. The Kubernetes provider does the same, so that both use the same cluster.
 */
export function readKubeconfig(
  context: string,
  file: string | undefined,
): { kubeconfig?: KubeConfig; faults: Fault[] } {
  const kubeconfig = new KubeConfig();
  const listed = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [];
  const files = file ? [inHome(file)] : listed.length > 0 ? listed : [join(homedir(), ".kube", "config")];
  const from = file ? "alerting:kubeconfig" : listed.length > 0 ? "KUBECONFIG" : "the usual place";
  const there = files.filter((one) => existsSync(one));
  if (there.length === 0) {
    const sentence = `the kubeconfig file ${files.join(", ")} (${from}) does not exist. Set alerting:kubeconfig or KUBECONFIG.`;
    return { faults: [{ key: file ? "alerting:kubeconfig" : "alerting:context", sentence }] };
  }
  try {
    kubeconfig.loadFromFile(there[0]!);
    for (const further of there.slice(1)) {
      const more = new KubeConfig();
      more.loadFromFile(further);
      kubeconfig.mergeConfig(withoutKnown(more, kubeconfig), true);
    }
  } catch (error) {
    // The library treats an empty file as an object and fails with a TypeError.
    const why = error instanceof TypeError ? "it holds no kubeconfig" : (error as Error).message.split("\n")[0];
    const sentence = `the kubeconfig file ${there.join(", ")} (${from}) cannot be read: ${why}.`;
    return { faults: [{ key: file ? "alerting:kubeconfig" : "alerting:context", sentence }] };
  }
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length > 0 ? `It has ${byDistance(context, names).slice(0, 5).join(", ")}` : "It has none";
    const sentence = `got "${context}", which is not a context of ${there.join(", ")}. ${known}.`;
    return { faults: [{ key: "alerting:context", sentence }] };
  }
  kubeconfig.setCurrentContext(context);
  asKubectlConnects(kubeconfig);
  if (!kubeconfig.getCurrentCluster()) {
    const { cluster } = kubeconfig.getContextObject(context)!;
    const sentence = `got "${context}", whose cluster "${cluster}" is not in ${there.join(", ")}. Fix that file, or choose another context.`;
    return { faults: [{ key: "alerting:context", sentence }] };
  }
  boundSignIn(kubeconfig);
  return { kubeconfig, faults: [] };
}

/**
 * Makes the client connect like kubectl and the Kubernetes provider: through the environment's proxy if the kubeconfig
 * has none, and with an intermediate certificate as authority, although OpenSSL by default requires the root.
 */
function asKubectlConnects(kubeconfig: KubeConfig): void {
  const proxies = proxiesOf();
  kubeconfig.clusters = kubeconfig.clusters.map((cluster) => {
    if (cluster.proxyUrl !== undefined || !URL.canParse(cluster.server)) return cluster;
    const proxyUrl = proxyFor(cluster.server, proxies);
    return proxyUrl === undefined ? cluster : { ...cluster, proxyUrl };
  });
  // The client offers no other hook: it uses this method to open the connections of requests and port-forwards.
  const inner = kubeconfig as unknown as {
    createAgent(cluster: Cluster | null, options: AgentOptions & { allowPartialTrustChain?: boolean }): Agent;
  };
  const createAgent = inner.createAgent.bind(kubeconfig);
  inner.createAgent = (cluster, options) => createAgent(cluster, { ...options, allowPartialTrustChain: true });
}

/**
 * The parts of a further file that earlier files lack: if two files contain the same name, the first counts, as in
 * kubectl.
 */
function withoutKnown(more: KubeConfig, known: KubeConfig): KubeConfig {
  const fresh = <Named extends { readonly name: string }>(all: Named[], there: readonly Named[]) =>
    all.filter(({ name }) => !there.some((one) => one.name === name));
  more.clusters = fresh(more.clusters, known.clusters);
  more.users = fresh(more.users, known.users);
  more.contexts = fresh(more.contexts, known.contexts);
  return more;
}
