import { CoreV1Api, type KubeConfig, type V1DaemonSet } from "@kubernetes/client-node";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { ifReadable, type InTime } from "./api-responses";

/** A network plugin whose policies match no node by address. Cilium is such a plugin, unless configured otherwise. */
export interface CiliumIgnoresNodeCidrs {
  /** The place of its configuration, as `<namespace>/<name>` of a ConfigMap. */
  readonly configuredIn: string;
}

const config = "cilium-config";

/**
 * Reads whether the cluster has such a plugin. Returns undefined if it has none, or if the plugin's configuration is
 * missing or unreadable; then nothing is reported.
 */
export async function readCilium(
  kubeconfig: KubeConfig,
  daemons: readonly V1DaemonSet[],
  inTime: InTime,
): Promise<CiliumIgnoresNodeCidrs | undefined> {
  const agent = daemons.find(
    ({ metadata }) => metadata?.name === "cilium" || metadata?.labels?.["k8s-app"] === "cilium",
  );
  if (agent === undefined) return undefined;
  const namespace = agent.metadata?.namespace ?? "kube-system";
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const read = await ifReadable(inTime(core.readNamespacedConfigMap({ namespace, name: config })));
  if (read === undefined) return undefined;
  const { data = {} } = read;
  const isEnforcing = data["enable-policy"] !== "never" && data["enable-k8s-networkpolicy"] !== "false";
  // The value is a list: it may be "nodes" or contain "nodes".
  const seesNodes = /\bnodes\b/.test(data["policy-cidr-match-mode"] ?? "");
  return isEnforcing && !seesNodes ? { configuredIn: `${namespace}/${config}` } : undefined;
}

/** Reports network policies with which no pod would reach a node or the API server. */
export function ciliumFaults(
  { networkPolicies }: Pick<StackSettings, "networkPolicies">,
  plugin: CiliumIgnoresNodeCidrs | undefined,
): Fault[] {
  if (!networkPolicies.enabled || plugin === undefined) return [];
  const sentence = `is true, but the cluster's network plugin is Cilium, for which an address range in a policy never includes nodes: Prometheus and kube-state-metrics could reach neither the API server nor any node, and no alert would find Alertmanager. Set \`policy-cidr-match-mode\` to \`nodes\` in the ConfigMap ${plugin.configuredIn} (policyCIDRMatchMode of its chart, from Cilium 1.15 on) and restart its agents, or set this to false.`;
  return [{ key: "alerting:networkPolicies.enabled", sentence }];
}
