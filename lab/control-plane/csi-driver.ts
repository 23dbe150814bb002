import { StorageV1Api } from "@kubernetes/client-node";
import { clientConfig, ensure } from "./client";

export const efsCsiDriver = "efs.csi.aws.com";

/** Creates the object that shows that the EFS CSI driver is installed, as its own chart would. */
export async function installEfsCsiDriver(controlPlane: { readonly labKubeconfigPath: string }): Promise<void> {
  const storage = clientConfig(controlPlane.labKubeconfigPath).makeApiClient(StorageV1Api);
  await ensure(() =>
    storage.createCSIDriver({ body: { metadata: { name: efsCsiDriver }, spec: { attachRequired: false } } }),
  );
}

/** Writes down for each node that its kubelet has the driver, as kubelets do once the driver's node pod has told them. */
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
