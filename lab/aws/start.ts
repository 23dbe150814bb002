import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { AmpClient } from "@aws-sdk/client-amp";
import { EC2Client } from "@aws-sdk/client-ec2";
import { AccessPointNotFound, DescribeAccessPointsCommand, EFSClient } from "@aws-sdk/client-efs";
import { IAMClient } from "@aws-sdk/client-iam";
import { startChild } from "../processes/child";
import { freePort, waitForHttp } from "../processes/ports";
import { type Programs, programPath } from "../programs/find";
import { ActionRecorder, labClient } from "./actions";
import { efsCallsThatMotoLacks } from "./missing-calls";
import { createNetwork, type InstanceSpec, type LabInstance } from "./network";
import { type PodCredentials, startPodCredentials } from "./pod-credentials";
import { startProxy } from "./proxy";
import { WithheldAnswers } from "./withheld-answers";
import { inventory } from "./remaining";

export type { LabInstance } from "./network";

/** The emulated AWS account of one run. */
export interface Aws {
  /** The value of AWS_ENDPOINT_URL. */
  endpoint: string;
  region: string;
  /** The environment of processes that use this account: the endpoint, the region, and credentials of this run. */
  env: Record<string, string>;
  vpcId: string;
  instances: LabInstance[];
  /** Makes the network and the machines of another cluster, like those of the lab's first cluster. */
  addNetwork(nodes: readonly InstanceSpec[]): Promise<{ vpcId: string; instances: LabInstance[] }>;
  /**
   * One line for each resource of the kinds that the program makes (remaining.ts) that the lab did not make.
   */
  remaining(): Promise<string[]>;
  /**
   * Returns the directory that an access point leads to on its file system; undefined if there is no such access point.
   */
  accessPointPath: (id: string) => Promise<string | undefined>;
  /** The AWS credentials of the programs in pods. */
  podCredentials: PodCredentials;
  /** The IAM actions that the program has called since the last call of this function, without duplicates, sorted. */
  takeActions(): string[];
  /** From now on, performs calls of these actions but does not answer them. Resolves when each action was called. */
  withholdAnswersTo(actions: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts moto behind the proxy, and makes the network and machines of the lab's cluster in it. */
export async function startAws(o: {
  programs: Programs;
  /** The directory for the log and the (empty) AWS configuration. */
  directory: string;
  nodes: readonly InstanceSpec[];
  say: (line: string) => void;
}): Promise<Aws> {
  const region = regionOf(o.nodes);
  await mkdir(o.directory, { recursive: true });
  const env = await environment(o.directory, region);
  // Without this variable the first call would print a warning about the Node version that later SDKs need.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const port = await freePort();
  const moto = startChild({
    name: "moto_server",
    command: programPath(o.programs, "moto_server"),
    args: ["-H", "127.0.0.1", "-p", String(port)],
    // The default images are not needed and have several megabytes. An empty AWS_PROFILE would make Python's SDK look
    // for a profile with an empty name.
    env: { ...process.env, ...env, AWS_PROFILE: undefined, MOTO_EC2_LOAD_DEFAULT_AMIS: "false" },
    logFile: path.join(o.directory, "moto.log"),
  });
  try {
    const target = `http://127.0.0.1:${port}`;
    await waitForHttp(`${target}/moto-api/data.json`, { child: moto, timeoutMs: 60_000 });
    const recorder = new ActionRecorder();
    const withheld = new WithheldAnswers();
    const proxy = await startProxy(target, [recorder.step, withheld.step, efsCallsThatMotoLacks()]);
    const podCredentials = await startPodCredentials(target);
    const settings = {
      customUserAgent: labClient,
      endpoint: proxy.url,
      region,
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
    };
    const ec2 = new EC2Client(settings);
    const efs = new EFSClient(settings);
    const clients = { ec2, efs, amp: new AmpClient(settings), iam: new IAMClient(settings) };
    const { vpcId, instances } = await createNetwork(ec2, o.nodes);
    let before = await inventory(clients);
    o.say(`AWS API (moto) at ${proxy.url}: VPC ${vpcId}, ${instances.length} instances in ${region}`);
    return {
      endpoint: proxy.url,
      region,
      env: { ...env, AWS_ENDPOINT_URL: proxy.url },
      vpcId,
      instances,
      async addNetwork(nodes) {
        const known = await inventory(clients);
        const made = await createNetwork(ec2, nodes);
        const now = await inventory(clients);
        before = new Map([...before, ...[...now].filter(([id]) => !known.has(id))]);
        return made;
      },
      async remaining() {
        const now = await inventory(clients);
        return [...now].filter(([id]) => !before.has(id)).map(([, line]) => line);
      },
      accessPointPath: async (id) => {
        const request = new DescribeAccessPointsCommand({ AccessPointId: id });
        try {
          return (await efs.send(request)).AccessPoints?.[0]?.RootDirectory?.Path;
        } catch (error) {
          if (error instanceof AccessPointNotFound) return undefined;
          throw error;
        }
      },
      podCredentials,
      takeActions: () => recorder.take(),
      withholdAnswersTo: (actions) => withheld.of(actions),
      async stop() {
        for (const client of Object.values(clients)) client.destroy();
        await podCredentials.stop();
        await proxy.stop();
        await moto.stop();
      },
    };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}

/** The region of the nodes' zones. The name of a zone is the name of its region and a letter. */
function regionOf(nodes: readonly InstanceSpec[]): string {
  const regions = new Set(nodes.map((node) => node.zone.replace(/[a-z]$/, "")));
  const [region] = regions;
  if (regions.size !== 1 || region === undefined) {
    throw new Error(
      `The lab's nodes must lie in one AWS region, but their zones are ${nodes.map((node) => node.zone).join(", ") || "none"}.`,
    );
  }
  return region;
}

/** An environment that sets every variable through which the user's own AWS set-up could affect the lab. */
async function environment(directory: string, region: string): Promise<Record<string, string>> {
  const config = path.join(directory, "aws-config");
  await writeFile(config, "");
  return {
    AWS_ACCESS_KEY_ID: `lab${randomBytes(8).toString("hex")}`,
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString("hex"),
    AWS_SESSION_TOKEN: "",
    AWS_PROFILE: "",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: config,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}
