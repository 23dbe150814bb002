import type { ClusterObject } from "./cluster-objects";

/** The objects and node labels of the cluster at one time. */
export interface ClusterSnapshot {
  readonly objects: ReadonlySet<string>;
  readonly nodeLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Objects that exist after a destroy but did not exist before the first `up`. */
export interface Leftovers {
  readonly leftovers: readonly string[];
  /** Labels that stay on purpose. */
  readonly retained: readonly string[];
}

/**
 * Kinds of objects that the cluster makes itself, at any time and in any namespace. They are not leftovers of the
 * program.
 */
const clusterKinds = new Set([
  "Event",
  "Lease",
  "Endpoints",
  "EndpointSlice",
  "PodMetrics",
  "NodeMetrics",
  "IPAddress",
]);

export function snapshotOf(objects: readonly ClusterObject[]): ClusterSnapshot {
  const counted = objects.filter((object) => !clusterKinds.has(object.kind));
  return {
    objects: new Set(counted.map((object) => object.title)),
    nodeLabels: new Map(objects.filter((object) => object.kind === "Node").map((node) => [node.name, node.labels])),
  };
}

/**
 * Compares two snapshots. New objects are leftovers. New labels of nodes that existed before are retained on purpose.
 */
export function leftoversBetween(before: ClusterSnapshot, after: ClusterSnapshot, aws: readonly string[]): Leftovers {
  const objects = [...after.objects].filter((title) => !before.objects.has(title)).map((title) => `cluster: ${title}`);
  const retained = [...after.nodeLabels].flatMap(([node, labels]) => {
    const old = before.nodeLabels.get(node);
    return Object.entries(labels)
      .filter(([key, value]) => old !== undefined && old[key] !== value)
      .map(([key, value]) => `cluster: label ${key}=${value} on Node ${node}`);
  });
  return { leftovers: [...objects, ...aws.map((line) => `AWS: ${line}`)], retained };
}
