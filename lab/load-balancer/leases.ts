import {
  CoordinationV1Api,
  type KubeConfig,
  PatchStrategy,
  V1MicroTime,
  setHeaderOptions,
} from "@kubernetes/client-node";
import { ensure } from "../control-plane/client";
import { reasonOf } from "../control-plane/reason";

const NAMESPACE = "kube-system";
/** What the leaders of AWS' two controllers hold; by these one sees that they run. */
const LEASES = ["cloud-controller-manager", "aws-load-balancer-controller-leader"];
const HOLDER = "lab";
const EVERY_MS = 15_000;

/** Keeps the controllers' leases, as their leaders would; gives what ends that. */
export async function holdLeases(config: KubeConfig, say: (line: string) => void): Promise<() => void> {
  const api = config.makeApiClient(CoordinationV1Api);
  const spec = () => ({ holderIdentity: HOLDER, leaseDurationSeconds: 15, renewTime: new V1MicroTime() });
  await Promise.all(
    LEASES.map((name) =>
      ensure(() =>
        api.createNamespacedLease({
          namespace: NAMESPACE,
          body: { metadata: { name, namespace: NAMESPACE }, spec: spec() },
        }),
      ),
    ),
  );
  const renew = async (name: string): Promise<void> => {
    try {
      const body = { spec: spec() };
      await api.patchNamespacedLease(
        { name, namespace: NAMESPACE, body },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    } catch (error) {
      say(`Load balancers: the lease ${name} was not renewed: ${reasonOf(error)}`);
    }
  };
  const timer = setInterval(() => void Promise.all(LEASES.map(renew)), EVERY_MS);
  return () => clearInterval(timer);
}
