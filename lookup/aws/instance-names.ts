import type { ClusterNode } from "../cluster/look-up";

/**
 * The instance id that `spec.providerID` carries, in each form that the cloud provider for AWS takes: `aws:///<zone>/<id>`,
 * `aws:////<id>`, `aws://<zone>/<id>`, and the id by itself; undefined where there is none.
 */
export function instanceIdOf(providerId: string | undefined): string | undefined {
  return /^(?:aws:\/\/[^/]*\/+(?:[^/]+\/)?)?(i-[0-9a-f]+)\/*$/.exec(providerId ?? "")?.[1];
}

/** The private address that is in a name which EC2 gave (`ip-10-0-1-10`, `ip-10-0-1-10.…`); undefined where another gave it. */
export function addressIn(nodeName: string): string | undefined {
  return /^ip-(\d+-\d+-\d+-\d+)(\.|$)/.exec(nodeName)?.[1]?.replaceAll("-", ".");
}

/** The instance id that the cluster knows: by the providerID, else by a name that EC2 made of it (`i-0123456789abcdef0.…`). */
export function knownId({ name, providerId }: Pick<ClusterNode, "name" | "providerId">): string | undefined {
  return instanceIdOf(providerId) ?? /^(i-[0-9a-f]{8,17})(\.|$)/.exec(name)?.[1];
}

/** The address by which EC2 can tell a node that it knows by no name: what the kubelet says, else what the name does. */
export function addressOf({ name, address }: Pick<ClusterNode, "name" | "address">): string | undefined {
  return address ?? addressIn(name);
}
