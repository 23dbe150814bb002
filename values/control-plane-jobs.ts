import type { ScrapeConfig } from "../prometheus/config-types";
import type { StackSettings } from "../settings/stack-settings";

/** The namespace and the labels that kubeadm gives to the static pods of the control plane. */
const namespace = "kube-system";
const component = (name: string) => `component=${name},tier=control-plane`;

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * How the scheduler and the controller manager are asked: they ask the API server whether the token may read
 * `/metrics`. Like the kubelets, they have certificates that nobody else signed.
 */
const withToken: ScrapeConfig = {
  scheme: "https",
  tls_config: { ca_file: `${serviceAccount}/ca.crt`, insecure_skip_verify: true },
  bearer_token_file: `${serviceAccount}/token`,
};

/**
 * The scrape jobs of etcd, the scheduler and the controller manager; none unless the setting asks for them. The role of
 * Prometheus may already list pods and read `/metrics`, and its network policy already reaches the nodes.
 */
export function controlPlaneJobs({ prometheus }: Pick<StackSettings, "prometheus">): Record<string, ScrapeConfig> {
  if (!prometheus.scrapeControlPlane) return {};
  return {
    etcd: jobOf("etcd", 2381),
    "kube-scheduler": { ...jobOf("kube-scheduler", 10259), ...withToken },
    "kube-controller-manager": { ...jobOf("kube-controller-manager", 10257), ...withToken },
  };
}

/** A job for the pods of one component. Their ports need not be declared, so each pod's address gets the usual port. */
function jobOf(name: string, port: number): ScrapeConfig {
  const address = { source_labels: ["__meta_kubernetes_pod_ip"], target_label: "__address__" };
  return {
    kubernetes_sd_configs: [
      { role: "pod", namespaces: { names: [namespace] }, selectors: [{ role: "pod", label: component(name) }] },
    ],
    relabel_configs: [
      // A pod that is about to start has no address.
      { source_labels: ["__meta_kubernetes_pod_ip"], regex: ".+", action: "keep" },
      { ...address, regex: "([^:]+)", replacement: `$1:${port}` },
      { ...address, regex: "(.+:.+)", replacement: `[$1]:${port}` },
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
    ],
  };
}
