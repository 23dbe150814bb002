import type { StackSettings } from "../../../settings/stack-settings";
import type { StackConfiguration } from "../../stack/configuration";
import { type Account, awsAccount } from "../aws/account";
import { readNetwork, taggedNames } from "../aws/network";
import type { Check } from "../../shared/check-result";
import { reachCluster } from "../cluster";
import { availabilityCheck } from "./availability";
import { certificateCheck } from "./certificate";
import { chartCheck } from "./chart";
import { placeChecks, reachCheck } from "./cluster";
import { configurationCheck } from "./configuration";
import { fileSystemPolicyCheck } from "./file-system-policy";
import { heartbeatCheck } from "./heartbeat";
import { loadBalancerCheck } from "./load-balancer";
import { longTermChecks } from "./long-term";
import { type AwsAccess, networkChecks } from "./network";
import { nodeChecks, pickNodes, type PickNodes } from "./nodes";
import { pageChecks, type Pages } from "./pages";
import { silencesCheck } from "./silences";
import { storageChecks } from "./storage";
import { webhookChecks } from "./webhooks";
import { validSections } from "../../../settings/readable";

/** How long to wait for an answer; shorter in tests. */
export interface Patience {
  readonly clusterMs?: number;
  readonly webhookMs?: number;
}

/** All checks of a stack, in the order of the table. Data that several checks need is requested once, right away. */
export function allChecks(
  stack: StackConfiguration,
  patience: Patience = {},
  makeAccount: (settings: StackSettings["aws"]) => Account = awsAccount,
  pages?: Pages,
): Check[] {
  const { configuration } = stack;
  const reach = reachCluster(configuration, patience.clusterMs);
  const { aws: settings } = validSections(configuration);
  const account = settings && makeAccount(settings);
  const pick = pickNodes(
    configuration,
    account && ((tag, nodes) => taggedNames(account, tag, nodes, configuration.settings.network.vpcId)),
  );
  const aws = account && { account, network: networkOf(stack, reach, pick, account) };
  return [
    configurationCheck(configuration),
    chartCheck(configuration),
    reachCheck(reach),
    ...placeChecks(configuration, reach),
    ...nodeChecks(configuration, reach, pick),
    availabilityCheck(configuration, reach, pick, pages),
    ...storageChecks(configuration, reach, pick),
    loadBalancerCheck(configuration, reach),
    ...networkChecks(configuration, aws),
    fileSystemPolicyCheck(configuration, account),
    certificateCheck(configuration, stack.certificate),
    ...(pages ? [...pageChecks(configuration, pages, reach), silencesCheck(configuration, pages, reach)] : []),
    ...webhookChecks(stack, patience.webhookMs),
    heartbeatCheck(stack.heartbeatUrl, stack.heartbeatIsSet),
    ...longTermChecks({ configuration, credentials: stack.credentials, outputs: pages?.outputs }, patience.webhookMs),
  ];
}

/** Without the cluster the nodes are unknown, but subnets and groups named in the settings are checked anyway. */
async function networkOf(
  { configuration }: StackConfiguration,
  reach: ReturnType<typeof reachCluster>,
  pick: PickNodes,
  account: Account,
): Promise<Awaited<AwsAccess["network"]>> {
  const { network, nodes } = validSections(configuration);
  if (network === undefined) return { why: "alerting:network could not be read" };
  const reached = await reach;
  const facts = "cluster" in reached && nodes !== undefined ? (await reached.cluster.lookUp()).facts : undefined;
  if (facts === undefined && network.subnetIds === undefined && network.vpcId === undefined) {
    const why =
      nodes === undefined
        ? "alerting:nodes could not be read"
        : "cluster" in reached
          ? "listing them in the cluster was not allowed"
          : "the cluster was not reached";
    return { why: `the nodes are not known, because ${why}` };
  }
  const livingFileSystem = facts?.deployedStorage?.fileSystem?.id;
  const read = await readNetwork(account, network, facts ? (await pick(facts)).chosen : []);
  return { ...read, ...(livingFileSystem !== undefined && { livingFileSystem }) };
}
