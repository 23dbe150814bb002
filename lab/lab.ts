import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { startAws } from "./aws/start";
import type { Aws } from "./aws/start";
import { chooseChart } from "./chart-choice";
import { clusterPrograms, startCluster } from "./cluster";
import { type LabNode, labNodes } from "./cluster-nodes";
import type { ControlPlane } from "./control-plane/start";
import { Ending } from "./ending";
import { startHeartbeatReceiver } from "./heartbeat/start";
import type { HeartbeatReceiver } from "./heartbeat/start";
import type { LoadBalancers } from "./load-balancer/start";
import type { Nodes } from "./nodes/start";
import { partsOf } from "./parts";
import { startCensus } from "./process-census";
import type { Census } from "./process-census";
import type { Profile } from "./profiles";
import { findPrograms, programPath } from "./programs/find";
import { pulumiHome as userPulumiHome } from "./programs/installed";
import type { ProgramName, Programs } from "./programs/program";
import type { Say } from "./progress";
import { projectRoot } from "./run-directory";
import { startSlack } from "./slack/start";
import type { Slack } from "./slack/start";
import type { StackConfig } from "./stack";
import { createStackWorkspace } from "./stack-workspace";
import type { StackWorkspace } from "./stack-workspace";
import { choosePlugins } from "./stand-ins/plugins";
import type { Part } from "./stand-ins/plugins";

/** Everything that a running lab offers. */
export interface Lab {
  /** The directory of the run's files: logs, state, data. */
  readonly directory: string;
  readonly profile: Profile;
  /** The parts of the lab; each says whether it is real. */
  readonly parts: readonly Part[];
  readonly controlPlane: ControlPlane;
  readonly aws: Aws;
  readonly nodes: Nodes;
  /** The names, roles and zones of the nodes. */
  readonly machines: readonly LabNode[];
  readonly loadBalancers: LoadBalancers;
  readonly slack: Slack;
  /** The receiver of the heartbeats that the alerting sends while it works. */
  readonly heartbeat: HeartbeatReceiver;
  readonly stacks: StackWorkspace;
  readonly census: Census;
  /** The random part of the lab's webhook. If it is found anywhere but in its Secret, it has leaked. */
  readonly canary: string;
  /** The configuration for running the program in this lab. */
  readonly config: StackConfig;
  /** The secret configuration: the webhook, and the heartbeat's URL. */
  readonly secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The names of the programs that a run uses. */
export const labPrograms: readonly ProgramName[] = [
  "pulumi",
  "pulumi-resource-kubernetes",
  ...clusterPrograms,
  "helm",
  "moto_server",
];

/** The options of a lab. */
export interface LabOptions {
  /** The run's directory. */
  readonly directory: string;
  readonly profile: Profile;
  readonly say: Say;
  /** The programs, as `findPrograms` returns them. By default the lab finds them itself. */
  readonly programs?: Programs;
  /** The nodes. The default is one master and two workers; `threeMasters` is another choice. */
  readonly nodes?: readonly LabNode[];
  /** The list of parts that must be stopped at the end. By default the lab makes a new list. */
  readonly ending?: Ending;
}

/**
 * Starts a whole lab: control plane, AWS, nodes, load balancers, Slack, and a place for stacks. If one part fails, all
 * of them are stopped.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const ending = options.ending ?? new Ending(options.say);
  try {
    return await start(options, ending);
  } catch (error) {
    await ending.end();
    throw error;
  }
}

async function start({ directory, profile, say, ...options }: LabOptions, ending: Ending): Promise<Lab> {
  forgetOwnCloud();
  const { nodes: machines = labNodes } = options;
  const programs = options.programs ?? (await findPrograms(labPrograms, say));
  const never = process.env.LAB_STANDINS === "never";
  const census = startCensus();
  ending.add("the census", () => {
    census.stop();
    return Promise.resolve();
  });
  const slack = await startSlack({ logFile: path.join(directory, "slack", "received.jsonl") });
  ending.add("Slack", () => slack.stop());
  const heartbeat = await startHeartbeatReceiver();
  ending.add("the heartbeat receiver", () => heartbeat.stop());
  const pulumiHome = await makePulumiHome(directory);
  const plugins = await choosePlugins({
    directory,
    pulumiHome,
    never,
    pulumiPath: programPath(programs, "pulumi"),
  });
  const chart = await chooseChart({ never, chart: process.env.LAB_CHART });

  const awsStarting = startAws({ programs, directory: path.join(directory, "aws"), nodes: machines, say });
  const inAws = awsStarting.then((aws) => {
    ending.add("the AWS API", () => aws.stop());
    return { aws, instances: aws.instances };
  });
  const cluster = await startCluster({ directory, nodes: machines, machines: inAws, programs, say }, ending);
  const { controlPlane, nodes, loadBalancers } = cluster;
  const aws = await awsStarting;
  const stacks = await createStackWorkspace({
    directory,
    projectRoot: projectRoot,
    programs,
    pulumiHome,
    pluginDirectory: plugins.pathDirectory,
    env: { ...aws.env, KUBECONFIG: controlPlane.kubeconfigPath },
    signal: ending.signal,
  });
  ending.add("pulumi", () => stacks.settled());

  const canary = randomBytes(18).toString("hex");
  return {
    directory,
    profile,
    parts: partsOf({ programs, plugins: plugins.parts, chart: chart.part }),
    controlPlane,
    aws,
    nodes,
    machines,
    loadBalancers,
    slack,
    heartbeat,
    stacks,
    census,
    canary,
    config: {
      "aws:region": aws.region,
      ...cluster.config,
      ...(chart.source === undefined ? {} : { "alerting:chart": { source: chart.source } }),
      ...(profile.alerts === undefined ? {} : { "alerting:alerts": profile.alerts }),
      ...(profile.heartbeat === undefined ? {} : { "alerting:heartbeat": profile.heartbeat }),
    },
    secrets: {
      "alerting:slackWebhookUrl": `${slack.origin}/services/T0LAB/B0LAB/${canary}`,
      "alerting:heartbeatUrl": heartbeat.url,
    },
    stop: () => ending.end(),
  };
}

/**
 * Removes the variables of Pulumi, AWS and kubectl from this process's environment, so that the lab and the user's
 * set-up cannot affect each other.
 */
function forgetOwnCloud(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|AWS_|KUBECONFIG$)/.test(name) && name !== "PULUMI_HOME") {
      delete process.env[name];
    }
  }
}

/** Makes a separate home for the CLI that contains the plugins that the user has installed. */
async function makePulumiHome(directory: string): Promise<string> {
  const home = path.join(directory, "pulumi-home");
  await fs.mkdir(home, { recursive: true });
  const own = path.join(userPulumiHome(process.env), "plugins");
  const installed = await fs.stat(own).catch(() => undefined);
  if (installed?.isDirectory() === true) {
    await fs.symlink(own, path.join(home, "plugins"));
  }
  return home;
}
