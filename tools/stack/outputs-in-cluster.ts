import { CoreV1Api } from "@kubernetes/client-node";
import { within } from "../../lookup/cluster/api-responses";
import { readKubeconfig } from "../../lookup/cluster/kubeconfig";
import { outputsConfigMap } from "../../conventions/cluster-names";
import { signIn } from "../../lookup/cluster/sign-in";

/**
 * The stack's outputs from a ConfigMap in the cluster, for a state that the CLI does not open without its passphrase.
 * Undefined if they cannot be read.
 */
export async function readOutputsInCluster(of: {
  readonly context: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
}): Promise<Readonly<Record<string, string>> | undefined> {
  const { kubeconfig } = readKubeconfig(of.context, of.kubeconfig);
  if (kubeconfig === undefined) return undefined;
  try {
    await signIn(kubeconfig);
    const core = kubeconfig.makeApiClient(CoreV1Api);
    const { data } = await within(
      10_000,
      core.readNamespacedConfigMap({ name: outputsConfigMap, namespace: of.namespace }),
    );
    return data;
  } catch {
    // The CLI's message already says why there are no outputs, and the port-forward will report problems of the
    // cluster.
    return undefined;
  }
}
