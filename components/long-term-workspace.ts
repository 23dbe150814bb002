import { Workspace } from "@pulumi/aws/amp";
import { Policy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";

export interface LongTermWorkspaceArgs {
  /** The name of the workspace and of the policy, which distinguishes them from those of other stacks. */
  readonly name: string;
  /** The region of the workspace. Default: the provider's region. */
  readonly region?: string | undefined;
  /** Whether the workspace is kept in AWS, with its samples, if it is removed from the stack. */
  readonly protectData: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** A workspace of Amazon Managed Service for Prometheus, and a policy for the role that writes to it. */
export class LongTermWorkspace extends pulumi.ComponentResource {
  public readonly workspaceId: pulumi.Output<string>;
  /** The ARN of the policy. The user attaches it to the nodes' role, or to the role of `alerting:longTerm.role`. */
  public readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: LongTermWorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:longTerm:LongTermWorkspace", name, {}, opts);
    const { region, protectData, tags } = args;
    const workspace = new Workspace(
      name,
      { alias: args.name, region, tags },
      { parent: this, protect: protectData, retainOnDelete: protectData },
    );
    this.workspaceId = workspace.id;
    this.policyArn = new Policy(
      `${name}-write`,
      {
        name: `${args.name}-write`,
        description: "Prometheus may write its samples to the workspace",
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "aps:RemoteWrite", Resource: workspace.arn }],
        }),
        tags,
      },
      { parent: this },
    ).arn;
    this.registerOutputs({});
  }
}
