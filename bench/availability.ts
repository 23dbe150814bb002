/**
 * `npm run bench:availability -- --losses 20`: loses each kind of node as often, spread over the scrape interval, with
 * three Alertmanagers and two Prometheus, and counts the messages. With `--prometheus 1`, only the node of the single
 * Prometheus is lost, and the time until it is back on another master counts.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CoreV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../lab/control-plane/client";
import { type Idleness, type Replicas, settle, targetsOf } from "../lab/idle";
import type { Lab } from "../lab/lab";
import { isInTime, type Loss, loseNode, type PlacedPod, placedPods } from "../lab/loss";
import type { Say } from "../lab/progress";
import { PrometheusApi } from "../lab/prometheus-api";
import { openRun } from "../lab/run";
import type { SlackMessage } from "../lab/slack/start";
import { readSlackPayload } from "../lab/slack-message";
import { labStack, urlsOf } from "../lab/steps";
import type { Urls } from "../lab/web";
import { colors } from "../tools/shared/colors";
import { markdown, median } from "./markdown";

const OUT = ".lab/bench-availability.json";

/** What a node runs besides its exporter. */
const kinds = {
  "Prometheus and Alertmanager": (pods: readonly PlacedPod[]) => pods.length === 2,
  "only Alertmanager": (pods: readonly PlacedPod[]) => pods.length === 1 && pods[0]!.kind === "alertmanagers",
  neither: (pods: readonly PlacedPod[]) => pods.length === 0,
} as const;
type Kind = keyof typeof kinds;

interface Observation {
  readonly kind: Kind;
  readonly node: string;
  /** The seconds until the message, and its bounds; undefined if no message came. */
  readonly loss?: Pick<Loss, "seconds" | "bounds">;
  /** Messages with the same text as an earlier one. */
  readonly duplicates: number;
  /** Alerts about something that was not on the lost node. */
  readonly false: readonly string[];
  readonly titles: readonly string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { losses: { type: "string", default: "20" }, prometheus: { type: "string", default: "2" } },
  });
  const [losses, prometheus] = [Number(values.losses), Number(values.prometheus)];
  if (!Number.isInteger(losses) || losses < 1 || ![1, 2].includes(prometheus)) {
    throw new Error("--losses is a whole number from 1, and --prometheus is 1 or 2.");
  }
  const replicas: Replicas = { alertmanagers: 3, prometheus };
  const run = await openRun(replicas);
  const { progress, screen, ending } = run;
  const seen: Observation[] = [];
  try {
    const lab = await run.startLab();
    const stack = await progress.stage("up", async (say) => {
      const made = await labStack(lab, "availability", { "alerting:availability": replicas });
      await made.up(say);
      return made;
    });
    const urls = await urlsOf(lab, stack);
    const idle = { targets: targetsOf(lab.machines, replicas) };
    const asked = Object.keys(kinds).filter((_, at) => prometheus === 2 || at === 0) as Kind[];
    for (const kind of asked) {
      await progress.stage(`${losses} losses: ${kind}`, async (say) => {
        for (let at = 0; at < losses; at++) {
          say(`loss ${at + 1} of ${losses}`);
          await settle(urls, say, idle);
          // Alertmanagers that have started again wait ten seconds until they know each other.
          await lab.slack.quiet(12_000, 300_000);
          await delay((at / losses) * lab.profile.times.scrape * 1000);
          seen.push(await observed(lab, urls, kind, idle, say));
          await write(seen);
        }
      });
    }
  } finally {
    await ending.end();
  }
  screen.write(`\n${table(seen)}\n\nAll figures: ${OUT}`);
  const wrong = seen.filter((one) => one.loss === undefined || one.false.length > 0 || one.duplicates > 0);
  for (const one of wrong) screen.write(colors.red(JSON.stringify(one)));
  return wrong.length === 0 ? 0 : 1;
}

async function observed(lab: Lab, urls: Urls, kind: Kind, idle: Idleness, say: Say): Promise<Observation> {
  const pods = await placedPods(lab);
  const on = (node: string) => pods.filter((pod) => pod.node === node);
  const node = lab.machines.map(({ name }) => name).find((name) => kinds[kind](on(name)));
  if (node === undefined) throw new Error(`no node runs ${kind}`);
  const from = lab.slack.messages.length;
  const hadPushgateway = await runsPushgateway(lab, node);
  const loss = await loseNode(lab, urls, pods, node, say).catch((error: Error) => {
    say(error.message);
    return undefined;
  });
  const { scrape, evaluation, groupInterval } = lab.profile.times;
  // In this time another Alertmanager would have sent the message again.
  await lab.slack.quiet((scrape + evaluation + groupInterval + 4) * 1000, 300_000);
  const firing = await firingAlerts(lab, urls, pods, node);
  const messages = lab.slack.messages.slice(from).filter(({ taken }) => taken);
  await lab.nodes.startNode(node);
  await settle(urls, say, idle);
  const { address } = lab.machines.find(({ name }) => name === node)!;
  return {
    ...{ kind, node },
    ...(loss && { loss: { seconds: loss.seconds, bounds: loss.bounds } }),
    duplicates: messages.length - new Set(messages.map(textOf)).size,
    false: firing
      .filter(({ alertname, job, node: of, instance = "" }) => {
        const isOfNode = of === node || instance.startsWith(`${address}:`);
        return alertname !== "Watchdog" && !isOfNode && !(hadPushgateway && job === "prometheus-pushgateway");
      })
      .map((labels) => JSON.stringify(labels)),
    titles: messages.map(({ payload }) => readSlackPayload(payload).title),
  };
}

/** The labels of firing alerts, in a Prometheus that is not on the lost node. */
async function firingAlerts(lab: Lab, urls: Urls, pods: readonly PlacedPod[], lost: string) {
  const pod = pods.find((one) => one.kind === "prometheus" && one.node !== lost)?.name;
  const url = await lab.nodes.urlOf({ app: "prometheus", ...(pod !== undefined && { pod }) });
  const alerts = await new PrometheusApi(url, urls.access).alerts();
  return alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels);
}

/** Whether the Pushgateway runs on a node. Its alert names a Service and no node. */
async function runsPushgateway(lab: Lab, node: string): Promise<boolean> {
  const core = clientConfig(lab.controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
  const labelSelector = "app.kubernetes.io/name=prometheus-pushgateway";
  const { items } = await core.listNamespacedPod({ namespace: "monitoring", labelSelector });
  return items.some(({ spec }) => spec?.nodeName === node);
}

function textOf({ payload }: SlackMessage): string {
  const { title, lines } = readSlackPayload(payload);
  return JSON.stringify([title, lines]);
}

async function write(seen: readonly Observation[]): Promise<void> {
  await fs.mkdir(path.dirname(OUT), { recursive: true });
  await fs.writeFile(OUT, `${JSON.stringify(seen, undefined, 2)}\n`);
}

function table(seen: readonly Observation[]): string {
  const rows = Object.keys(kinds).flatMap((kind) => {
    const these = seen.filter((one) => one.kind === kind);
    if (these.length === 0) return [];
    const told = these.flatMap(({ loss }) => loss ?? []);
    const took = told.map(({ seconds }) => seconds);
    const sum = (count: (one: Observation) => number) => these.reduce((all, one) => all + count(one), 0);
    return [
      [
        kind,
        these.length,
        these.length - told.length,
        sum((one) => one.false.length),
        sum((one) => one.duplicates),
        told.filter((loss) => !isInTime(loss)).length,
        took.length === 0
          ? "-"
          : [Math.min(...took), median(took), Math.max(...took)].map((s) => s.toFixed(1)).join(" / "),
        told[0] === undefined ? "" : `${told[0].bounds.min} to ${told[0].bounds.max}`,
      ],
    ];
  });
  const head = ["node with", "losses", "unreported", "false", "twice", "late", "s: min / median / max", "bounds, s"];
  return markdown(head, rows);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
