import { StorageV1Api } from "@kubernetes/client-node";
import { clientConfig, ensure } from "./client";

export const efsCsiDriver = "efs.csi.aws.com";

/** Creates the CSIDriver object, which shows that the EFS CSI driver is installed, like the driver's chart. */
export async function installEfsCsiDriver(controlPlane: { readonly labKubeconfigPath: string }): Promise<void> {
  const storage = clientConfig(controlPlane.labKubeconfigPath).makeApiClient(StorageV1Api);
  await ensure(() =>
    storage.createCSIDriver({ body: { metadata: { name: efsCsiDriver }, spec: { attachRequired: false } } }),
  );
}

/**
 * Records for each node that the CSI driver is registered with its kubelet, as kubelets do when the driver's node pod
 * registers itself.
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
