import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ownerAnnotation, ownerLabel, ownPriorityClass } from "../cluster/names";

export interface AlertingNamespaceArgs {
  readonly name: string;
  /** `<organization>/<project>/<stack>`: a second alerting stack of the cluster is refused by this name. */
  readonly owner: string;
  /** An existing priority class. Default: one named `alerting` is made. */
  readonly priorityClass?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The namespace, marked with its owner, and the priority of what runs in it. */
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
          labels: { ...args.labels, [ownerLabel]: "true" },
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
              metadata: { name: ownPriorityClass, labels: { ...args.labels } },
              // Above ordinary workloads, which have 0, and below Kubernetes' own, which begin at 2,000,000,000.
              value: 1_000_000,
              description: "Monitoring goes before the workloads that it watches.",
            },
            { parent: this },
          )
        : undefined;
    this.namespaceName = namespace.metadata.name;
    this.dependencies = priority ? [namespace, priority] : [namespace];
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
