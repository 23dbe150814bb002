import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { nodeLabelManager } from "../conventions/cluster-names";
import type { ChosenNode } from "../lookup/cluster/node-choice";

export interface NodeLabelsArgs {
  /** Nodes that exist in the cluster: a patch for any other name would create a Node object. */
  readonly nodes: readonly ChosenNode[];
  readonly label: { readonly key: string; readonly master: string; readonly worker: string };
}

/**
 * One label on each node, set by a patch that owns no other field of the node.
 *
 * A node that leaves the list keeps its label, and so does every node at destroy: removing the label would be an apply
 * too, and an apply for a node that is gone would create the node again
 * (https://github.com/pulumi/pulumi-kubernetes/issues/2194).
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
              // Without this annotation, every patch would get a random manager, and the next stack would conflict with
              // the labels that the previous stack left.
              annotations: { "pulumi.com/patchFieldManager": nodeLabelManager },
            },
          },
          { parent: this, retainOnDelete: true },
        ),
    );
    this.registerOutputs({});
  }
}
