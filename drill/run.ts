import * as fs from "node:fs/promises";
import * as path from "node:path";
import { AlertmanagerApi } from "./alertmanager-api";
import type { DrillArguments } from "./arguments";
import { DrillAlert, newDrillId } from "./drill-alert";
import { NoAnswer } from "./http";
import { type Interruption, interruption } from "./interruption";
import { runNodeDrill } from "./node-drill";
import { PrometheusApi } from "./prometheus-api";
import { reach, type Reached } from "./reach";
import { type DrillReport, exitCodes, type Leg, outcomeOf } from "./report";
import { type Screen, startScreen } from "./screen";
import { silenceWarnings } from "./silences";
import { slackReader, type SlackReader } from "./slack-history";
import { noStack, readStackPlace, type StackPlace } from "./stack-place";
import { runSynthetic } from "./synthetic";
import { reportText } from "./table";
import { stackKeys } from "./web/keys";

/** Runs a drill, shows what it found, and gives the exit code. */
export async function runDrill(args: DrillArguments): Promise<number> {
  const screen = startScreen();
  try {
    return await drill(args, screen);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    screen.write(`NOT delivered: ${error.message}`);
    return exitCodes.failed;
  } finally {
    screen.stop();
  }
}

async function drill(args: DrillArguments, screen: Screen): Promise<number> {
  const { say } = screen;
  if (args.stack !== undefined) say(`Reading the stack ${args.stack}`);
  const place = args.stack === undefined ? noStack() : await readStackPlace(args.stack);
  for (const warning of place.warnings) say(`Warning: ${warning}`);
  const reached: Reached[] = [];
  try {
    const keys = args.stack === undefined ? undefined : stackKeys(args.stack);
    const alertmanager = await reach("Alertmanager", place, args.alertmanager, say, keys);
    reached.push(alertmanager);
    const warnings = await silencesOf(alertmanager, place);
    let report: DrillReport;
    if (args.node === undefined) {
      report = await withOwnAlert(args, place, alertmanager, screen);
    } else {
      const prometheus = await reach("Prometheus", place, args.prometheus, say, keys);
      reached.push(prometheus);
      report = await withNode(args, place, alertmanager, prometheus, screen);
    }
    await tell(args, { ...report, warnings }, screen);
    return exitCodes[report.outcome];
  } finally {
    await Promise.all(reached.map((one) => one.stop()));
  }
}

/** What silences hide is told in every case, for this drill's alert is none of those that they are made for. */
async function silencesOf({ origin, access }: Reached, { longestSilence }: StackPlace): Promise<string[]> {
  try {
    return await silenceWarnings(new AlertmanagerApi(origin, undefined, access), longestSilence);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [`the silences could not be read: ${error.message}`];
  }
}

type Found = Pick<DrillReport, "legs" | "receivers" | "proof" | "faults">;

const nothing: Found = { legs: [], receivers: [], proof: [], faults: [] };

async function withOwnAlert(
  args: DrillArguments,
  place: StackPlace,
  { origin, way, access }: Reached,
  { say }: Screen,
): Promise<DrillReport> {
  const id = newDrillId();
  const times = place.timing;
  const alert = new DrillAlert(id, new AlertmanagerApi(origin, undefined, access), {
    cluster: place.cluster,
    environment: place.environment,
  });
  const stopping = interruption(say, "resolving the drill's alert");
  const { signal } = stopping;
  const slack = readerOf(args, place, say);
  const { stack, namespace } = place;
  const startedAt = new Date().toISOString();
  say(`Raising ${id}`);
  const api = new AlertmanagerApi(origin, signal, access);
  const run = () => runSynthetic({ api, alert, stack, namespace, times, slack, signal, say });
  const cleanUp = async (faults: string[]) => {
    if (!alert.raised) return;
    try {
      await alert.resolve();
      say("The drill's alert is resolved");
    } catch (error) {
      faults.push(
        `the alert ${id} could not be resolved: ${(error as Error).message} It ends by itself, within five minutes unless resolve_timeout is set.`,
      );
    }
  };
  const found = await untilEnd(run, cleanUp, stopping);
  const subject = `Drill: an alert of its own, to ${found.receivers.join(", ") || "Slack"} and back`;
  return { kind: "alert", id, subject, ...common(place, startedAt, way), ...found };
}

async function withNode(
  args: DrillArguments,
  place: StackPlace,
  { origin, way, access }: Reached,
  prometheus: Reached,
  { say }: Screen,
): Promise<DrillReport> {
  const stopping = interruption(say, "ending; nothing was changed, so start the node again if it is stopped");
  const { signal } = stopping;
  const startedAt = new Date().toISOString();
  const node = args.node!;
  const slack = readerOf(args, place, say);
  const run = () =>
    runNodeDrill({
      node,
      prometheus: new PrometheusApi(prometheus.origin, signal, prometheus.access),
      alertmanager: new AlertmanagerApi(origin, signal, access),
      stack: place.stack,
      namespace: place.namespace,
      timing: place.timing,
      slack,
      patienceSeconds: args.patienceSeconds,
      signal,
      say,
    });
  const found = await untilEnd(run, () => Promise.resolve(), stopping);
  const subject = `Drill: InstanceDown of ${node}`;
  return { kind: "node", id: node, subject, ...common(place, startedAt, way), ...found };
}

/** Where the message is looked for; says so where it will not be, though somebody meant it to. */
function readerOf({ channel }: DrillArguments, place: StackPlace, say: Screen["say"]): SlackReader | undefined {
  const reader = slackReader(process.env, { given: channel, ofStack: place.channel });
  const hasToken = Boolean(process.env.SLACK_BOT_TOKEN?.trim());
  if (reader === undefined && hasToken) {
    say("Warning: the channel is not known, so the message is not looked for there. Give --channel or SLACK_CHANNEL.");
  } else if (channel !== undefined && !hasToken) {
    say("Warning: without SLACK_BOT_TOKEN the message is not looked for in the channel.");
  }
  return reader;
}

function common({ stack, environment, cluster }: StackPlace, startedAt: string, way: string) {
  return { stack, environment, cluster, startedAt, way };
}

/** Runs it, cleans up in every case, and gives what is known also where it was interrupted or broke off. */
async function untilEnd(
  run: () => Promise<Found>,
  cleanUp: (faults: string[]) => Promise<void>,
  stopping: Interruption,
): Promise<Found & Pick<DrillReport, "outcome">> {
  const faults: string[] = [];
  let found = nothing;
  let broken = false;
  try {
    found = await run();
  } catch (error) {
    broken = true;
    if (!stopping.came()) faults.push((error as Error).message);
  }
  await cleanUp(faults);
  const interrupted = stopping.came();
  stopping.release();
  const legs: readonly Leg[] = found.legs;
  const outcome = interrupted ? "interrupted" : broken || legs.length === 0 ? "failed" : outcomeOf(legs);
  return { ...found, faults: [...found.faults, ...faults], outcome };
}

async function tell(args: DrillArguments, report: DrillReport, { write, say }: Screen): Promise<void> {
  // What the drill showed is told in every case.
  const orSay = async (what: string, writing: () => Promise<void>) => {
    try {
      await writing();
    } catch (error) {
      say(`Warning: the ${what} could not be written: ${(error as Error).message}`);
    }
  };
  const { json } = args;
  if (json !== undefined) {
    await orSay("report", async () => {
      await fs.mkdir(path.dirname(path.resolve(json)), { recursive: true });
      await fs.writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
      say(`The report is in ${json}`);
    });
  }
  if (report.legs.length > 0) {
    const time = report.startedAt.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
    const directory = args.out ?? `drill-${time}`;
    await orSay("picture", async () => {
      // The chart library takes a second to load, which nobody waits for before the drill.
      const { writePictures } = await import("./timeline/write.js");
      const files = await writePictures(report, directory);
      say(`The picture is in ${files.join(", ")}`);
    });
  }
  write("");
  process.stdout.write(`${reportText(report)}\n`);
}
