import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readClusters } from "./clusters";
import { datasourceFile, datasourceUid } from "./datasource";

/** What several clusters with an alerting stack each share: an engine, its policies, and a datasource for Grafana. */
export = async () => {
  const config = new pulumi.Config();
  const clusters = await readClusters(config.requireObject<string[]>("stacks"));
  for (const { stack, cluster } of clusters)
    if (cluster === undefined)
      void pulumi.log.warn(`${stack} has no alerting:longTerm yet, so its labels were not checked.`);

  const region = new pulumi.Config("aws").require("region");
  const inAws = { provider: new aws.Provider("aws", { region }) };
  const name = config.get("name") ?? "clusters";

  const workspace = new aws.amp.Workspace(
    "workspace",
    { alias: name },
    { ...inAws, protect: config.getBoolean("protectData") ?? true },
  );
  const policy = (kind: string, description: string, actions: readonly string[]) =>
    new aws.iam.Policy(
      kind,
      {
        name: `${name}-${kind}`,
        description,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: actions, Resource: workspace.arn }],
        }),
      },
      inAws,
    );
  const write = policy("write", "Prometheus may write its samples to the workspace", ["aps:RemoteWrite"]);
  const read = policy("read", "Grafana may query the workspace", [
    ...["aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"],
  ]);
  const attach = (roles: readonly string[], to: aws.iam.Policy, kind: string) =>
    roles.forEach((role) => new aws.iam.RolePolicyAttachment(`${kind}-${role}`, { role, policyArn: to.arn }, inAws));
  attach(config.getObject<string[]>("nodeRoles") ?? [], write, "write");
  attach(config.getObject<string[]>("grafanaRoles") ?? [], read, "read");

  // Nodes of other accounts cannot have a policy of this account, so their roles assume a role here.
  const trusted = config.getObject<string[]>("otherNodeRoles") ?? [];
  const writer =
    trusted.length === 0
      ? undefined
      : new aws.iam.Role(
          "writer",
          {
            name: `${name}-writer`,
            assumeRolePolicy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: trusted } }],
            }),
          },
          inAws,
        );
  if (writer !== undefined)
    new aws.iam.RolePolicyAttachment("write-writer", { role: writer.name, policyArn: write.arn }, inAws);

  const datasource = workspace.prometheusEndpoint.apply((endpoint) => datasourceFile(endpoint, region));
  const context = config.get("grafanaContext");
  if (context !== undefined) {
    // The SDK would make this machine's KUBECONFIG an input of the provider; the provider finds it without that.
    delete process.env.KUBECONFIG;
    const provider = new k8s.Provider("grafana", { context });
    const labels = { grafana_datasource: "1" };
    const metadata = { name: datasourceUid, namespace: config.get("grafanaNamespace") ?? "grafana", labels };
    new k8s.core.v1.ConfigMap(
      "datasource",
      { metadata, data: { [`${datasourceUid}.yaml`]: datasource } },
      { provider },
    );
  }

  return {
    clusters,
    /** The value of `alerting:longTerm` in every stack. Stacks of other accounts add `role`. */
    longTerm: { engine: "amp", workspace: workspace.id, region },
    writerRoleArn: writer?.arn,
    writePolicyArn: write.arn,
    readPolicyArn: read.arn,
    grafanaDatasource: datasource,
  };
};
