import { setTimeout as delay } from "node:timers/promises";
import { firingBounds, toleranceSeconds, type Window, wholeEvaluations } from "../tools/drill/bounds";
import { type DrillReport, outcomeOf, stage, type Stage } from "../tools/drill/report";
import { type ReplicaPod, readReplicaPods } from "../lookup/cluster/replica-pods";
import { peerTimeout } from "../settings/timing";
import { milliseconds } from "../validation/durations";
import { clientConfig } from "./control-plane/client";
import type { Lab } from "./lab";
import type { Say } from "./progress";
import { PrometheusApi } from "./prometheus-api";
import { reportsDown } from "./slack-message";
import type { SlackMessage } from "./slack/start";
import type { Urls } from "./web";

/** The pods of Prometheus and Alertmanager that have a node, in the order of their names. */
export async function placedPods(lab: Lab): Promise<PlacedPod[]> {
  const pods = await readReplicaPods(
    clientConfig(lab.controlPlane.labKubeconfigPath),
    "monitoring",
    (answer) => answer,
  );
  return pods
    .flatMap(({ node, ...pod }) => (node === undefined ? [] : [{ ...pod, node }]))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** A pod of Prometheus or Alertmanager that has a node. */
export type PlacedPod = ReplicaPod & { readonly node: string };

/** The first node that runs an Alertmanager and a Prometheus. */
export function nodeOfBoth(pods: readonly PlacedPod[]): string {
  const servers = pods.filter(({ kind }) => kind === "prometheus").map(({ node }) => node);
  const found = pods.find(({ kind, node }) => kind === "alertmanagers" && servers.includes(node))?.node;
  if (found === undefined) {
    throw new Error("No node runs an Alertmanager and a Prometheus.");
  }
  return found;
}

/** The loss of a node and the message about it. */
export interface Loss {
  readonly node: string;
  readonly lostAt: Date;
  /** The message about the node. */
  readonly message: SlackMessage;
  /** The seconds from the loss to the message. */
  readonly seconds: number;
  /** The bounds of that time: those of one Alertmanager, and the wait for lost ones (docs/latency.md). */
  readonly bounds: Window;
  /** The same as a report, for the picture. */
  readonly report: DrillReport;
}

/** Whether a message reports that node-exporter of a node at an address is down. */
export function isAboutNode(address: string): (message: SlackMessage) => boolean {
  return ({ taken, payload }) => taken && reportsDown(payload, `${address}:9100`);
}

/**
 * Ends a node as a power failure would, and waits for the message about it. `pods` are the pods of Prometheus and
 * Alertmanager; a Prometheus on another node shows how far the alert has come.
 */
export async function loseNode(
  lab: Lab,
  urls: Urls,
  pods: readonly PlacedPod[],
  node: string,
  say: Say,
): Promise<Loss> {
  const { address } = lab.machines.find(({ name }) => name === node)!;
  const here = pods.filter((pod) => pod.node === node);
  const witness = pods.find((pod) => pod.kind === "prometheus" && pod.node !== node);
  const { scrape, evaluation, down, groupInterval, groupWait } = lab.profile.times;
  const timing = { ...lab.profile.times, scrapeTimeout: Math.min(5, scrape) };
  const lostPeers = here.filter(({ kind }) => kind === "alertmanagers").length;
  const wait = (lostPeers * milliseconds(peerTimeout(`${BigInt(groupInterval)}s`))!) / 1000;
  const { min, max } = firingBounds(timing, "drop");
  // Another target of the node, such as the API server, may fire first. The message about the exporter then waits for
  // the group interval.
  const bounds = { min, max: max - groupWait + groupInterval + wait };

  const from = lab.slack.messages.length;
  const lostAt = new Date();
  const seconds = (at: number) => (at - lostAt.getTime()) / 1000;
  // A single Prometheus has to start on another node first.
  const patience = bounds.max + (witness === undefined ? 600 : 60);
  const arriving = lab.slack.nextMessage(isAboutNode(address), patience * 1000, from);
  await lab.nodes.stopNode(node);
  say(`${node} is lost, with ${here.map(({ name }) => name).join(" and ") || "neither server"}`);
  const seen =
    witness === undefined ? undefined : await alertTimes(lab, urls, witness.name, `${address}:9100`, arriving);
  const message = await arriving;
  const stages: Stage[] = [];
  const toldAt = seconds(Date.parse(message.receivedAt));
  if (seen !== undefined) {
    const [pending, firing] = [seconds(seen.pending), seconds(seen.firing)];
    const hold = wholeEvaluations(down, evaluation);
    stages.push(
      stage("InstanceDown is pending", 0, pending, { min: timing.scrapeTimeout, max: max - hold - groupWait }),
    );
    stages.push(stage("InstanceDown fires", pending, firing, { min: hold, max: hold }));
    stages.push(stage("the message is in Slack", firing, toldAt, { min: 0, max: groupInterval + wait }));
  }
  stages.push(stage("loss to message", 0, toldAt, bounds));
  say(`The message arrived after ${toldAt.toFixed(1)} s; it was due after ${bounds.min} to ${bounds.max} s`);
  return {
    ...{ node, lostAt, message, seconds: toldAt, bounds },
    report: {
      kind: "node",
      id: node,
      subject: `Loss of ${node}`,
      origin: "the loss of the node",
      startedAt: lostAt.toISOString(),
      way: "the lab",
      receivers: ["slack"],
      unproven: [],
      stages,
      outcome: outcomeOf(stages),
      proof: [`${here.map(({ name }) => name).join(" and ") || "no server"} ran on the lost node`],
      failures: [],
    },
  };
}

/** When an alert was first pending and firing in a Prometheus; undefined if its message came before it was seen. */
async function alertTimes(lab: Lab, urls: Urls, pod: string, instance: string, told: Promise<unknown>) {
  const prometheus = new PrometheusApi(await lab.nodes.urlOf({ app: "prometheus", pod }), urls.access);
  let isTold = false;
  void told.then(
    () => (isTold = true),
    () => (isTold = true),
  );
  while (!isTold) {
    const found = (await prometheus.alerts()).find(
      ({ labels, state }) => labels.alertname === "InstanceDown" && labels.instance === instance && state === "firing",
    );
    if (found !== undefined) return { pending: Date.parse(found.activeAt), firing: Date.now() };
    await delay(100);
  }
  return undefined;
}

/** Whether the message about a loss came in time. */
export function isInTime({ seconds, bounds }: Pick<Loss, "seconds" | "bounds">): boolean {
  return seconds <= bounds.max + toleranceSeconds;
}
