import { ApiException, KubeConfig } from "@kubernetes/client-node";

/** The lab's cluster, as the official client library sees it through a kubeconfig file. */
export function clientConfig(kubeconfigPath: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return config;
}

/** Makes an object, or leaves the one that is there already. */
export async function ensure(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 409)) {
      throw error;
    }
  }
}
