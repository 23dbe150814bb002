import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { addressIn } from "../../lookup/aws/instance-names";
import program from "../../index";
import { FakeCluster, withVariable } from "./fake-cluster";
import { type Calls, record, type Recorder, resolved, settled } from "./mocks";
import { asText, canary, master, workerB, workerC } from "./settings";

/** The stacks of the tests. No test reads the stack files beside Pulumi.yaml, because they belong to the user. */
export const environments = ["dev", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];

/** The result of running the program with an environment's stack file. */
export interface EnvironmentRun {
  readonly recorder: Recorder;
  readonly outputs: Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;
}

/** The configuration in a test stack's file, by full key. */
export function fileOf(environment: string): Record<string, unknown> {
  const text = readFileSync(join(__dirname, "../fixtures/stacks", `Pulumi.${environment}.yaml`), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/** A stack's file as the engine passes it, plus a secret webhook, which the file cannot contain in encrypted form. */
export function engineConfig(environment: string): Record<string, string> {
  return asText({ ...fileOf(environment), "alerting:slackWebhookUrl": canary });
}

/**
 * EC2's answers about three nodes in three zones. The ids and security groups differ between environments, as they
 * differ between AWS accounts.
 */
function ec2(environment: Environment): Calls {
  const nodes = [master, workerB, workerC];
  return {
    "aws:ec2/getInstances:getInstances": ({ filters }) => {
      const [{ name, values }] = filters as [{ name: string; values: string[] }];
      if (name === "instance-id") return { ids: values };
      return { ids: values.map((value) => `i-${nodes.indexOf(value)}`), privateIps: values.map(addressIn) };
    },
    "aws:ec2/getNetworkInterface:getNetworkInterface": ({ filters }) => {
      const [
        {
          values: [id],
        },
      ] = filters as [{ values: [string] }];
      const index = Number(/^i-(\d)$/.exec(id)?.[1] ?? 0);
      const zone = "abc"[index]!;
      return {
        vpcId: `vpc-${environment}`,
        subnetId: `subnet-${environment}-${zone}`,
        availabilityZone: `ap-northeast-2${zone}`,
        securityGroups: [`sg-${environment}-${index === 0 ? "masters" : "workers"}`],
      };
    },
  };
}

/** The cluster's answer to a label selector of the stack files: nodes with these names. */
const picked = (names: readonly string[]) => ({ items: names.map((name) => ({ metadata: { name, labels: {} } })) });
const selections = {
  "GET /api/v1/nodes?labelSelector=node-role.kubernetes.io/control-plane": picked([master]),
  "GET /api/v1/nodes?labelSelector=!node-role.kubernetes.io/control-plane": picked([workerB, workerC]),
};

/** Runs index.ts with the configuration of an environment's stack, on a mocked engine and a cluster that is ready. */
export async function runEnvironment(environment: Environment): Promise<EnvironmentRun> {
  const cluster = await FakeCluster.start(selections);
  try {
    const recorder = await record(ec2(environment), environment);
    pulumi.runtime.setAllConfig(engineConfig(environment), ["alerting:slackWebhookUrl"]);
    const kubeconfig = cluster.kubeconfig(String(fileOf(environment)["alerting:context"]));
    const made = (await withVariable("KUBECONFIG", kubeconfig, program)) as unknown as Record<
      string,
      pulumi.Input<unknown>
    >;
    await settled();
    const outputs: Record<string, { value: unknown; secret: boolean }> = {};
    for (const [name, output] of Object.entries(made)) outputs[name] = await resolved(output);
    return { recorder, outputs };
  } finally {
    await cluster.stop();
  }
}
