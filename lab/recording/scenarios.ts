import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { labNodes } from "../cluster-nodes";
import { clientConfig } from "../control-plane/client";
import type { Lab } from "../lab";
import type { StackConfig } from "../stack";

/** A preview to record, with the stack's configuration and its secrets. */
export interface Scenario {
  /** The name of the recording's file. */
  readonly name: string;
  readonly config: StackConfig;
  readonly secrets: Readonly<Record<string, string>>;
  /** Whether `pulumi preview` fails. */
  readonly fails?: boolean;
  /** Additional arguments of `pulumi preview`. */
  readonly arguments?: readonly string[];
  /** A manual change that is made before the preview. */
  readonly before?: () => Promise<unknown>;
  /** An edit of the program itself, as a branch may contain it. */
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string };
}

/** A Node object without a machine. */
const addedNode = "ip-10-0-9-99.ap-northeast-2.compute.internal";

/** The configuration that is applied before all recordings except the recording of a creation. */
export function applied(lab: Lab): Scenario {
  return { name: "created", config: { ...lab.config, ...networkOf(lab), ...example() }, secrets: lab.secrets };
}

/**
 * The scenarios, each of which changes the configuration of {@link applied}. This function also makes the objects in
 * the cluster and in AWS that the scenarios need.
 */
export async function changes(lab: Lab): Promise<Scenario[]> {
  const { config, secrets } = applied(lab);
  const nodes = config["alerting:nodes"] as { masters: object; workers: { names: string[] } };
  const workers = { names: [...nodes.workers.names, addedNode] };
  await clientConfig(lab.controlPlane.labKubeconfigPath)
    .makeApiClient(CoreV1Api)
    .createNode({ body: { metadata: { name: addedNode }, spec: { unschedulable: true } } });
  const scenario = (name: string, changed: StackConfig, more: Partial<Scenario> = {}): Scenario => ({
    name,
    config: { ...config, ...changed },
    secrets,
    ...more,
  });
  return [
    scenario("nothing", {}),
    scenario("threshold", example({ threshold: 43_200 })),
    scenario("receiver-renamed", example({ receiver: "data-team" })),
    scenario(
      "webhook-rotated",
      {},
      {
        secrets: { ...secrets, "alerting:slackWebhookUrl": `${lab.slack.origin}/services/T0LAB/B0LAB/${rotated(lab)}` },
      },
    ),
    scenario("node-added", { "alerting:nodes": { ...nodes, workers } }),
    scenario("storage-renamed", {}, { edit: { file: "components/alerting.ts", from: '"storage",', to: '"data",' } }),
    scenario(
      "drift",
      {},
      {
        before: () => openLoadBalancer(lab),
        arguments: ["--refresh", "--expect-no-changes"],
        fails: true,
      },
    ),
    scenario("faulty", { "alerting:nodeLabels": { key: "team" }, "alerting:protectData": "yes" }, { fails: true }),
  ];
}

/**
 * A configuration that reads the network from the nodes' instances, and finds the workers by a tag of their instances.
 */
export function lookedUp(lab: Lab): StackConfig {
  const { config } = applied(lab);
  const nodes = config["alerting:nodes"] as { masters: object };
  const ec2Tag = { key: "Name", value: labNodes.find(({ role }) => role === "worker")!.name.split(".")[0] };
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "alerting:network"));
  return { ...rest, "alerting:nodes": { ...nodes, workers: { ec2Tag } } };
}

/** Settings of the file system that can change without a replacement. */
export function otherSettings(lab: Lab): StackConfig {
  return { ...applied(lab).config, "alerting:storage": { backup: false, infrequentAccessAfterDays: 7 } };
}

/** Makes an internal load balancer public, as if somebody changed it by hand. */
async function openLoadBalancer(lab: Lab): Promise<void> {
  const annotations = { "service.beta.kubernetes.io/aws-load-balancer-internal": "false" };
  await clientConfig(lab.controlPlane.labKubeconfigPath)
    .makeApiClient(CoreV1Api)
    .patchNamespacedService(
      {
        name: "prometheus-nlb",
        namespace: "monitoring",
        body: { metadata: { annotations } },
        fieldManager: "kubectl-edit",
      },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
}

/** The random part of the webhook after the webhook's rotation. A recording that contains it leaks a secret. */
export function rotated(lab: Lab): string {
  return [...lab.canary].reverse().join("");
}

/** A typical operator's configuration. The scenarios change the parts that are parameters. */
function example(o: { threshold?: number; receiver?: string } = {}): StackConfig {
  const { threshold = 86_400, receiver = "storage-team" } = o;
  return {
    "alerting:rules": {
      groups: [
        {
          name: "Pushed",
          rules: [
            {
              alert: "PushedMetricsAreOld",
              expr: `time() - push_time_seconds > ${threshold}`,
              for: "5m",
              labels: { severity: "warning", team: "storage" },
              annotations: { summary: "{{ $labels.job }} has not pushed for long" },
            },
          ],
        },
      ],
    },
    "alerting:alertmanager": {
      receivers: [{ name: receiver, slack_configs: [{ channel: "#storage", send_resolved: true }] }],
      routes: [
        { matchers: ['team="storage"', 'severity="critical"'], receiver },
        { matchers: ['team="storage"'], receiver: "slack" },
      ],
    },
  };
}

/** Explicit settings of the network, so that the configuration can list a node that EC2 does not know. */
function networkOf(lab: Lab): StackConfig {
  const subnetIds = lab.aws.instances.map(({ subnetId }) => subnetId);
  const securityGroupIds = [...new Set(lab.aws.instances.flatMap((instance) => instance.securityGroupIds))];
  return { "alerting:network": { subnetIds, securityGroupIds } };
}
