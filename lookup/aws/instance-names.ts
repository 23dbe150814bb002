import type { ClusterNode } from "../cluster/cluster-facts";

/**
 * The instance id in `spec.providerID`, in each format that the cloud provider for AWS accepts: `aws:///<zone>/<id>`,
 * `aws:////<id>`, `aws://<zone>/<id>`, and only the id. Undefined if there is none.
 */
export function instanceIdOf(providerId: string | undefined): string | undefined {
  return /^(?:aws:\/\/[^/]*\/+(?:[^/]+\/)?)?(i-[0-9a-f]+)\/*$/.exec(providerId ?? "")?.[1];
}

/** The private address in a name that EC2 gave (`ip-10-0-1-10`, `ip-10-0-1-10.…`); undefined for all other names. */
export function addressIn(nodeName: string): string | undefined {
  return /^ip-(\d+-\d+-\d+-\d+)(\.|$)/.exec(nodeName)?.[1]?.replaceAll("-", ".");
}

/**
 * The instance id that the cluster knows: from `providerID`, otherwise from a name that EC2 made of the id
 * (`i-0123456789abcdef0.…`).
 */
export function knownId({ name, providerId }: Pick<ClusterNode, "name" | "providerId">): string | undefined {
  return instanceIdOf(providerId) ?? /^(i-[0-9a-f]{8,17})(\.|$)/.exec(name)?.[1];
}

/**
 * The address by which EC2 is searched for a node whose name EC2 does not know. It comes from the kubelet, otherwise
 * from the node's name.
 */
export function addressOf({ name, address }: Pick<ClusterNode, "name" | "address">): string | undefined {
  return address ?? addressIn(name);
}
