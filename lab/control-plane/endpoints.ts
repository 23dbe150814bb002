import { CoreV1Api, DiscoveryV1Api } from "@kubernetes/client-node";
import { advertisedAddress, advertisedPort } from "./certificates";
import { clientConfig, ensure } from "./client";

/**
 * Publishes port 6443 of the master node as the endpoint of the Service `kubernetes`, as in a cluster made by kubeadm.
 * The API server itself could publish only the port on which it really listens, which differs in each run.
 */
export async function publishApiServer(kubeconfigPath: string): Promise<void> {
  const config = clientConfig(kubeconfigPath);
  const port = { name: "https", port: advertisedPort, protocol: "TCP" };
  await ensure(() =>
    config.makeApiClient(CoreV1Api).createNamespacedEndpoints({
      namespace: "default",
      body: {
        metadata: { name: "kubernetes", labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
        subsets: [{ addresses: [{ ip: advertisedAddress }], ports: [port] }],
      },
    }),
  );
  await ensure(() =>
    config.makeApiClient(DiscoveryV1Api).createNamespacedEndpointSlice({
      namespace: "default",
      body: {
        metadata: { name: "kubernetes", labels: { "kubernetes.io/service-name": "kubernetes" } },
        addressType: "IPv4",
        endpoints: [{ addresses: [advertisedAddress], conditions: { ready: true } }],
        ports: [port],
      },
    }),
  );
}
