import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { nodesNamespace, ownerAnnotation, ownerLabel, defaultPriorityClass } from "../conventions/cluster-names";
import { namespaceSecurity, nodesNamespaceSecurity } from "../conventions/namespace-security";

export interface AlertingNamespaceArgs {
  readonly name: string;
  /**
   * `<organization>/<project>/<stack>`: a second alerting stack in the cluster is detected and refused by this name.
   */
  readonly owner: string;
  /** Whether the cluster enforces a Pod Security level. */
  readonly podSecurity: "required" | "unenforced";
  /** An existing priority class. Default: a new one named `alerting`. */
  readonly priorityClass?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The namespace, labeled with its owner; the namespace of node-exporter; and the priority class of the pods in both.
 */
export class AlertingNamespace extends pulumi.ComponentResource {
  public readonly namespaceName: pulumi.Output<string>;
  public readonly dependencies: readonly pulumi.Resource[];

  constructor(name: string, args: AlertingNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:namespace:AlertingNamespace", name, {}, opts);
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.name,
          labels: { ...args.labels, [ownerLabel]: "true", ...namespaceSecurity(args.podSecurity) },
          annotations: { [ownerAnnotation]: args.owner },
        },
      },
      { parent: this },
    );
    const nodes = new k8s.core.v1.Namespace(
      `${name}-nodes`,
      {
        metadata: {
          name: nodesNamespace(args.name),
          // The owner's label is left out, because the alerting stacks of a cluster are counted by that label.
          labels: { ...args.labels, ...nodesNamespaceSecurity },
          annotations: { [ownerAnnotation]: args.owner },
        },
      },
      { parent: this },
    );
    const priority =
      args.priorityClass === undefined
        ? new k8s.scheduling.v1.PriorityClass(
            name,
            {
              metadata: { name: defaultPriorityClass, labels: { ...args.labels } },
              // The value is higher than that of ordinary workloads, which is 0, and lower than those of Kubernetes'
              // own classes, which start at 2,000,000,000.
              value: 1_000_000,
              description: "Monitoring goes before the workloads that it watches.",
            },
            { parent: this },
          )
        : undefined;
    this.namespaceName = namespace.metadata.name;
    this.dependencies = [namespace, nodes, ...(priority ? [priority] : [])];
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
