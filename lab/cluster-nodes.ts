/** A node of the lab's cluster. */
export interface LabNode {
  /** The private DNS name that EC2 gives to a machine with this address. */
  readonly name: string;
  readonly role: "master" | "worker";
  readonly address: string;
  readonly zone: string;
  /**
   * Whether the node has the id of its EC2 instance (`spec.providerID`), as nodes have in clusters with a cloud
   * controller.
   */
  readonly hasProviderId: boolean;
}

/**
 * One master and two workers in three zones. The last worker has no provider id: it can be found in EC2 only by its
 * private DNS name.
 */
export const labNodes: readonly LabNode[] = [
  labNode("master", "10.0.1.10", "ap-northeast-2a", true),
  labNode("worker", "10.0.2.11", "ap-northeast-2b", true),
  labNode("worker", "10.0.3.12", "ap-northeast-2c", false),
];

/** Three masters in three zones, and the two workers. The API server runs on the first master. */
export const threeMasters: readonly LabNode[] = [
  labNodes[0]!,
  labNode("master", "10.0.2.10", "ap-northeast-2b", true),
  labNode("master", "10.0.3.10", "ap-northeast-2c", true),
  ...labNodes.slice(1),
];

/** A node at this address, with the name that EC2 gives it. */
export function labNode(role: LabNode["role"], address: string, zone: string, hasProviderId: boolean): LabNode {
  const name = `ip-${address.replaceAll(".", "-")}.ap-northeast-2.compute.internal`;
  return { name, role, address, zone, hasProviderId };
}
