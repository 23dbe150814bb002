import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { nodeLabelManager } from "../conventions/cluster-names";
import type { ChosenNode } from "../lookup/cluster/node-choice";

export interface NodeLabelsArgs {
  /** Nodes that the cluster has: a patch of any other would create a Node object. */
  readonly nodes: readonly ChosenNode[];
  readonly label: { readonly key: string; readonly master: string; readonly worker: string };
}

/**
 * One label on each node, by a patch that owns nothing else of it.
 *
 * A node that leaves the list, and every node at destroy, keeps its label: taking it away is an apply too, and an apply
 * for a node that is gone would create it again (https://github.com/pulumi/pulumi-kubernetes/issues/2194).
 */
export class NodeLabels extends pulumi.ComponentResource {
  public readonly patches: readonly k8s.core.v1.NodePatch[];

  constructor(name: string, args: NodeLabelsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:nodes:NodeLabels", name, {}, opts);
    this.patches = args.nodes.map(
      ({ node, role }) =>
        new k8s.core.v1.NodePatch(
          `${name}-${node.name}`,
          {
            metadata: {
              name: node.name,
              labels: { [args.label.key]: args.label[role] },
              // Else every patch gets a random manager, and the next stack's conflicts with the last one's leftovers.
              annotations: { "pulumi.com/patchFieldManager": nodeLabelManager },
            },
          },
          { parent: this, retainOnDelete: true },
        ),
    );
    this.registerOutputs({});
  }
}
