import {
  ApiException,
  CoordinationV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
} from "@kubernetes/client-node";
import { reasonOf } from "./reason";

/** Loads a kubeconfig file of the lab's cluster for the official client library. */
export function clientConfig(kubeconfigPath: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return config;
}

/** Creates an object, or keeps the existing one. */
export async function ensure(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 409)) {
      throw error;
    }
  }
}

/** A lease. Its holder renews it, so that other clients see that the holder is alive. */
export interface Lease {
  readonly namespace: string;
  readonly name: string;
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly everyMs: number;
}

/** Takes a lease and renews it. Returns a function that stops the renewals. */
export async function keepLease(config: KubeConfig, lease: Lease, say: (line: string) => void): Promise<() => void> {
  const api = config.makeApiClient(CoordinationV1Api);
  const { namespace, name, holderIdentity, leaseDurationSeconds } = lease;
  const spec = () => ({ holderIdentity, leaseDurationSeconds, renewTime: new V1MicroTime() });
  await ensure(() => api.createNamespacedLease({ namespace, body: { metadata: { name, namespace }, spec: spec() } }));
  const renew = () =>
    api.patchNamespacedLease(
      { name, namespace, body: { spec: spec() } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  await renew();
  const timer = setInterval(() => {
    renew().catch((error: unknown) => say(`The lease ${name} was not renewed: ${reasonOf(error)}`));
  }, lease.everyMs);
  return () => clearInterval(timer);
}
