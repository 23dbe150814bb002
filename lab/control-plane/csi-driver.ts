import { StorageV1Api } from "@kubernetes/client-node";
import { clientConfig, ensure } from "./client";

export const efsCsiDriver = "efs.csi.aws.com";

/** Creates the `CSIDriver` object, as the chart of the EFS CSI driver does. It shows that the driver is installed. */
export async function installEfsCsiDriver(controlPlane: { readonly labKubeconfigPath: string }): Promise<void> {
  const storage = clientConfig(controlPlane.labKubeconfigPath).makeApiClient(StorageV1Api);
  await ensure(() =>
    storage.createCSIDriver({ body: { metadata: { name: efsCsiDriver }, spec: { attachRequired: false } } }),
  );
}

/**
 * Records for each node that the CSI driver is registered with the node's kubelet. Real kubelets record this when the
 * driver's pod registers itself.
 */
export async function registerEfsCsiDriver(
  controlPlane: { readonly labKubeconfigPath: string },
  nodes: readonly { readonly name: string }[],
): Promise<void> {
  const storage = clientConfig(controlPlane.labKubeconfigPath).makeApiClient(StorageV1Api);
  const drivers = (nodeID: string) => [{ name: efsCsiDriver, nodeID }];
  await Promise.all(
    nodes.map(({ name }) =>
      ensure(() => storage.createCSINode({ body: { metadata: { name }, spec: { drivers: drivers(name) } } })),
    ),
  );
}
