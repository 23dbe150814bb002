import * as amp from "@aws-sdk/client-amp";
import * as iam from "@aws-sdk/client-iam";
import type { Kind } from "./kind";
import { tagList, tagMap } from "./requests";

/** `aws:amp/workspace:Workspace` of the provider's region. */
export const workspace: Kind = {
  what: "workspace of Amazon Managed Service for Prometheus",
  inputs: {
    alias: ({ amp: client }, id, { alias }) =>
      client.send(new amp.UpdateWorkspaceAliasCommand({ workspaceId: id, alias: alias as string })),
    tags: "constant",
  },
  outputs: ["arn", "prometheusEndpoint"],
  async create({ amp: client }, { alias, tags }) {
    const request = { alias: alias as string, tags: tags as Record<string, string> };
    return (await client.send(new amp.CreateWorkspaceCommand(request))).workspaceId!;
  },
  async read({ amp: client }, id) {
    const { workspace: found } = await client.send(new amp.DescribeWorkspaceCommand({ workspaceId: id }));
    const { alias, arn, prometheusEndpoint, tags } = found!;
    return { alias, arn, prometheusEndpoint, tags };
  },
  delete: ({ amp: client }, id) => client.send(new amp.DeleteWorkspaceCommand({ workspaceId: id })),
};

/** `aws:iam/policy:Policy`. Its id is its ARN. */
export const policy: Kind = {
  what: "IAM policy",
  inputs: { name: "replace", description: "replace", policy: "constant", tags: "constant" },
  outputs: ["arn"],
  async create({ iam: client }, { name, description, policy: document, tags }) {
    const made = await client.send(
      new iam.CreatePolicyCommand({
        PolicyName: name as string,
        Description: description as string,
        PolicyDocument: document as string,
        Tags: tagList(tags),
      }),
    );
    return made.Policy!.Arn!;
  },
  async read({ iam: client }, id) {
    const { Policy: found } = await client.send(new iam.GetPolicyCommand({ PolicyArn: id }));
    const version = { PolicyArn: id, VersionId: found!.DefaultVersionId };
    const { PolicyVersion: now } = await client.send(new iam.GetPolicyVersionCommand(version));
    const { PolicyName: name, Description: description, Arn: arn, Tags } = found!;
    return { name, description, arn, policy: decodeURIComponent(now!.Document!), tags: tagMap(Tags) };
  },
  delete: ({ iam: client }, id) => client.send(new iam.DeletePolicyCommand({ PolicyArn: id })),
};
