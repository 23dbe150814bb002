import { CoreV1Api, DiscoveryV1Api } from "@kubernetes/client-node";
import { advertisedAddress, advertisedPort } from "./certificates";
import { clientConfig, ensure } from "./client";

/**
 * Says where the Service `kubernetes` leads: to the master node, port 6443, as in any cluster made by kubeadm. The API
 * server itself could only publish the port that it listens on, which is another one in each run.
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
