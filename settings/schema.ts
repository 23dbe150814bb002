import { z } from "zod";
import { access } from "./sections/access";
import { alerts } from "./sections/alerts";
import { availability } from "./sections/availability";
import { dashboards } from "./sections/dashboards";
import { heartbeat } from "./sections/heartbeat";
import { longTerm } from "./sections/long-term";
import { loadBalancer } from "./sections/load-balancer";
import { networkPolicies } from "./sections/network-policies";
import { nodeSet } from "./sections/nodes";
import { podSecurity } from "./sections/pod-security";
import { rules } from "./sections/rules";
import { alertmanager, prometheus } from "./sections/prometheus-and-alertmanager";
import { slack } from "./sections/slack";
import { storage } from "./sections/storage";
import { chartDigest, imageDigests, imageRegistry } from "./sections/images";
import {
  awsRegion,
  distinct,
  identifier,
  kubernetesName,
  labelKey,
  labelValue,
  withoutCredentials,
} from "./sections/value-types";

/**
 * Everything that can be set under `alerting:`, except the secrets `slackWebhookUrl`, `credentials`, `heartbeatUrl` and
 * `certificate`, which have separate checks. `npm run docs` writes the description of each key to
 * docs/configuration.md.
 */
export const settingsSchema = z.strictObject({
  context: z.string().min(1).describe("The kubeconfig context of the cluster"),
  kubeconfig: z
    .string()
    .regex(/^~?\/[^\n\r]*$/, { error: "the path of a file, absolute or from ~/, and not the kubeconfig itself" })
    .optional()
    .describe(
      "The kubeconfig file, as an absolute path or a path that begins with `~/`; default: `KUBECONFIG`, then `~/.kube/config`",
    ),
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9_.]{0,39}$/, {
      error: "a name of at most 40 letters, digits, dots, dashes and underscores",
    })
    .optional()
    .describe("The cluster's name in alerts and in AWS; default: the context's name"),
  environment: z.string().min(1).optional().describe("The environment's name in alerts; default: the stack's name"),
  namespace: kubernetesName
    .default("monitoring")
    .describe(
      "The namespace of all pods except node-exporter, which runs in `<namespace>-nodes`; this program creates both namespaces",
    ),
  nodes: z
    .strictObject({
      masters: nodeSet("master").describe("The master nodes; Prometheus and Alertmanager run there"),
      workers: nodeSet("worker").optional().describe("The worker nodes"),
    })
    .describe("The nodes that get a label"),
  nodeLabel: z
    .strictObject({
      key: labelKey.default("key").describe("The label's key"),
      master: labelValue.default("master").describe("The label's value on master nodes"),
      worker: labelValue.default("worker").describe("The label's value on worker nodes"),
      nodes: z
        .enum(["all", "masters"])
        .default("all")
        .describe(
          "Which nodes get the label: all, or only the masters, so that hundreds of workers do not slow down updates (docs/limits.md)",
        ),
    })
    .prefault({})
    .refine((label) => label.master !== label.worker, { path: ["worker"], error: "a value other than the masters'" })
    .describe("The label of the nodes"),
  missingNodes: z
    .enum(["error", "warn"])
    .default("error")
    .describe(
      "How to treat a listed node that does not exist; with `warn` a dead node does not block an urgent update",
    ),
  slack: slack.describe("The Slack receiver"),
  heartbeat: heartbeat.describe("The heartbeat, which goes to `heartbeatUrl`"),
  aws: z
    .strictObject({
      region: awsRegion.optional().describe("The region; default: the stack's `aws:region`, then `AWS_REGION`"),
      profile: z
        .string()
        .min(1)
        .optional()
        .describe(
          "The profile in AWS' configuration files; default: `aws:profile` (docs/aws.md has all keys of `aws:`)",
        ),
    })
    .prefault({})
    .describe("The AWS account"),
  network: z
    .strictObject({
      vpcId: identifier("vpc").optional().describe("The VPC; default: the VPC of the nodes"),
      subnetIds: distinct(identifier("subnet"))
        .min(1, { error: "at least one subnet" })
        .optional()
        .describe(
          "Subnets for the mount targets, at most one per zone; default: the subnets of the nodes. A mount target cannot move to another subnet",
        ),
      securityGroupIds: distinct(identifier("sg"))
        .min(1, { error: "at least one security group" })
        .optional()
        .describe("Security groups whose members may mount the file system; default: the security groups of the nodes"),
    })
    .prefault({})
    .describe("The network of the file system"),
  storage: storage.describe("Where data is kept"),
  efsCsiDriver: z
    .enum(["existing", "install"])
    .default("existing")
    .describe("Whether the EFS CSI driver exists already, or this program installs it"),
  protectData: z
    .boolean()
    .default(false)
    .describe(
      "Whether Pulumi refuses to delete the file system, its access points and a workspace that it created, and keeps them in AWS if they are removed from the stack",
    ),
  chart: z
    .strictObject({
      source: z
        .string()
        .min(1)
        .refine(withoutCredentials, {
          error: "a source without user and password, because this setting is stored unencrypted",
        })
        .optional()
        .describe(
          "Where the chart comes from: an `https://` repository, an `oci://` reference, or a directory or `.tgz` file (as a path relative to Pulumi.yaml); default: the chart's own repository",
        ),
      digest: chartDigest,
    })
    .prefault({})
    .describe("Where the pinned chart comes from"),
  images: z
    .strictObject({
      registry: imageRegistry,
      pullSecrets: distinct(z.string().min(1))
        .default([])
        .describe("Names of image pull secrets, which must exist in the namespace and in node-exporter's namespace"),
      digests: imageDigests,
    })
    .prefault({})
    .describe("Where the images come from"),
  priorityClass: z
    .string()
    .min(1)
    .optional()
    .describe("An existing priority class for the pods; without it, one named `alerting` is created"),
  podSecurity,
  availability: availability.describe("Replicas of Prometheus and Alertmanager"),
  loadBalancer: loadBalancer.describe("The two NLBs"),
  access: access.describe("Access to the pages of Prometheus and Alertmanager"),
  networkPolicies: networkPolicies.describe("Network policies"),
  alerts: alerts.describe("Intervals, and when alerts are sent"),
  rules: rules.describe("Built-in alerts, and your own rules"),
  prometheus: prometheus.describe("The Prometheus server"),
  alertmanager: alertmanager.describe("Alertmanager"),
  dashboards: dashboards.describe("Dashboards for an existing Grafana"),
  longTerm: longTerm.describe("An engine that keeps samples for longer, or of several clusters"),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      "Chart values that are merged over this program's values, as Helm merges values; each is checked against the pinned chart",
    ),
});

/** The settings after checks, with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;
/** One set of nodes: by name, by label selector or by EC2 tag. */
export type NodeSet = Settings["nodes"]["masters"];
