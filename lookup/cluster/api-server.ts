import { DiscoveryV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { isWithin } from "../../validation/ranges";
import { ifReadable, type InTime } from "./api-responses";

/** The API server as pods reach it, after the address of the Service `kubernetes` was translated. */
export interface ApiServer {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

/**
 * Reads the addresses of the API server. Returns undefined if the cluster does not answer this request; then nothing is
 * checked.
 */
export async function readApiServer(kubeconfig: KubeConfig, inTime: InTime): Promise<ApiServer | undefined> {
  const discovery = kubeconfig.makeApiClient(DiscoveryV1Api);
  const name = { namespace: "default", name: "kubernetes" };
  const slice = await ifReadable(inTime(discovery.readNamespacedEndpointSlice(name)));
  return (
    slice && {
      addresses: slice.endpoints.flatMap(({ addresses }) => addresses),
      ports: (slice.ports ?? []).flatMap(({ port }) => port ?? []),
    }
  );
}

/** Reports addresses and ports of the API server that the network policies would block for the pods. */
export function apiServerFaults(
  { networkPolicies }: Pick<StackSettings, "networkPolicies">,
  server: ApiServer | undefined,
): Fault[] {
  if (!networkPolicies.enabled || server === undefined) return [];
  const { nodeRanges, apiServerPorts } = networkPolicies;
  const outside = server.addresses.filter((address) => !nodeRanges.some((range) => isWithin(address, range)));
  const shut = server.ports.filter((port) => !apiServerPorts.includes(port));
  const off = "or set alerting:networkPolicies.enabled to false if the cluster's network plugin ignores policies";
  const faults: Fault[] = [];
  if (outside.length > 0) {
    const sentence = `none of the ranges has the API server's address, ${outside.join(", ")}, so Prometheus and kube-state-metrics could not reach it. Add its range, ${off}.`;
    faults.push({ key: "alerting:networkPolicies.nodeRanges", sentence });
  }
  if (shut.length > 0) {
    const sentence = `got ${apiServerPorts.join(", ")}, but the API server is reached at port ${shut.join(", ")}, so kube-state-metrics could not reach it. Add that port, ${off}.`;
    faults.push({ key: "alerting:networkPolicies.apiServerPorts", sentence });
  }
  return faults;
}
