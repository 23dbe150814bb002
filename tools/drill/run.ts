import * as fs from "node:fs/promises";
import * as path from "node:path";
import { AlertmanagerApi } from "./alertmanager-api";
import type { DrillArguments } from "./arguments";
import { DrillAlert, newDrillId } from "./drill-alert";
import { NoAnswer } from "./http";
import { type Interruption, interruption } from "./interruption";
import { runNodeDrill } from "./node-drill";
import { PrometheusApi } from "./prometheus-api";
import { slackReceiver } from "../../values/slack-receivers";
import { reach, type Reached } from "./reach";
import type { LiveConfiguration } from "./live-configuration";
import { addFindings, type Findings, noFindings } from "./message";
import { type DrillReport, exitCodes, missing, outcomeOf } from "./report";
import { type Screen, startScreen } from "./screen";
import { silenceWarnings } from "./silences";
import { type ReaderFor, slackReaders } from "./slack-history";
import { outsideText } from "../../conventions/outside-text";
import { noStack, readStackPlace, type StackPlace } from "./stack-place";
import { runSynthetic } from "./synthetic";
import { reportText } from "./table";
import { type Target, targetsOf, unprovenIn, WrongTarget } from "./targets";
import { stackKeys } from "./web/keys";

/** Runs a drill, shows what it found, and gives the exit code. */
export async function runDrill(args: DrillArguments): Promise<number> {
  const screen = startScreen();
  try {
    return await drill(args, screen);
  } catch (error) {
    if (error instanceof WrongTarget) {
      screen.write(error.message);
      return 2;
    }
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
    const api = new AlertmanagerApi(alertmanager.origin, undefined, alertmanager.access);
    const configuration = await api.configuration();
    const warnings = await silencesOf(api, place);
    let report: DrillReport;
    if (args.node === undefined) {
      report = await withOwnAlerts(args, place, alertmanager, configuration, screen);
    } else {
      const prometheus = await reach("Prometheus", place, args.prometheus, say, keys);
      reached.push(prometheus);
      report = await withNode(args, place, alertmanager, prometheus, configuration, screen);
    }
    await tell(args, { ...report, warnings }, screen);
    return exitCodes[report.outcome];
  } finally {
    await Promise.all(reached.map((one) => one.stop()));
  }
}

/** What silences hide is told in every case, for this drill's alert is none of those that they are made for. */
async function silencesOf(api: AlertmanagerApi, { longestSilence }: StackPlace): Promise<string[]> {
  try {
    return await silenceWarnings(api, longestSilence);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [`the silences could not be read: ${error.message}`];
  }
}

async function withOwnAlerts(
  args: DrillArguments,
  place: StackPlace,
  { origin, way, access }: Reached,
  configuration: LiveConfiguration | undefined,
  { say }: Screen,
): Promise<DrillReport> {
  const { stack, namespace, cluster, environment, timing: times } = place;
  const { targets, unclear } = targetsOf(args, configuration, {
    ...(cluster !== undefined && { cluster }),
    ...(environment !== undefined && { environment }),
  });
  const slack = readerFor(args, place, configuration, say);
  const stopping = interruption(say, "resolving the drill's alert");
  const { signal } = stopping;
  const startedAt = new Date().toISOString();
  const start = Date.now();
  const api = new AlertmanagerApi(origin, signal, access);
  const raised: DrillAlert[] = [];
  /** One after the other: Alertmanager does not count by alert, so two at once could not be told apart. */
  const run = async (all: Findings) => {
    for (const { receiver, labels } of targets) {
      const id = newDrillId();
      const alert = new DrillAlert(id, new AlertmanagerApi(origin, undefined, access), {
        cluster,
        environment,
        labels,
      });
      raised.push(alert);
      say(`Raising ${id}${labelsText(labels)}`);
      const options = { api, alert, configuration, start, stack, namespace, times, slack, signal, say };
      const found = await runSynthetic({ ...options, ...(receiver !== undefined && { receiver }) });
      addFindings(all, targets.length > 1 ? underName(receiver ?? "", found) : found);
      if (targets.length > 1) await alert.resolve();
    }
    for (const { receiver, why } of unclear) {
      all.faults.push(why);
      all.legs.push(missing(`${receiver}: is reached`, (Date.now() - start) / 1000, { min: 0, max: 0 }, "unclear"));
    }
  };
  const cleanUp = async (faults: string[]) => {
    for (const alert of raised.filter((one) => one.raised)) {
      try {
        await alert.resolve();
        say("The drill's alert is resolved");
      } catch (error) {
        faults.push(
          `the alert ${alert.id} could not be resolved: ${(error as Error).message} It ends by itself, within five minutes unless resolve_timeout is set.`,
        );
      }
    }
  };
  const found = await untilEnd(run, cleanUp, stopping, configuration);
  const id = raised.map((one) => one.id).join(" ");
  const subject = `Drill: ${raised.length > 1 ? `${raised.length} alerts` : "an alert"} of its own, to ${found.receivers.join(", ") || "Slack"} and back`;
  return { kind: "alert", id, subject, ...common(place, startedAt, way), ...found };
}

function labelsText(labels: Target["labels"]): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return all.length === 0 ? "" : ` with ${outsideText(all.join(", "))}`;
}

/** Of several receivers, what was found out by each. */
function underName(name: string, { legs, proof, faults, ...rest }: Findings): Findings {
  const under = (line: string) => `${name}: ${line}`;
  return {
    ...rest,
    legs: legs.map((one) => ({ ...one, name: under(one.name) })),
    proof: proof.map(under),
    faults: faults.map(under),
  };
}

async function withNode(
  args: DrillArguments,
  place: StackPlace,
  { origin, way, access }: Reached,
  prometheus: Reached,
  configuration: LiveConfiguration | undefined,
  { say }: Screen,
): Promise<DrillReport> {
  const stopping = interruption(say, "ending; nothing was changed, so start the node again if it is stopped");
  const { signal } = stopping;
  const startedAt = new Date().toISOString();
  const node = args.node!;
  const slack = readerFor(args, place, configuration, say);
  const run = async (all: Findings) => {
    const found = await runNodeDrill({
      node,
      configuration,
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
    addFindings(all, found);
  };
  const found = await untilEnd(run, () => Promise.resolve(), stopping, configuration);
  const subject = `Drill: InstanceDown of ${node}`;
  return { kind: "node", id: node, subject, ...common(place, startedAt, way), ...found };
}

/** Where the messages are looked for; says so where that will not be done, though somebody meant it to. */
function readerFor(
  { channel, receivers, everyReceiver }: DrillArguments,
  { channel: ofStack }: StackPlace,
  configuration: LiveConfiguration | undefined,
  say: Screen["say"],
): ReaderFor {
  const reader = slackReaders(process.env, { given: channel, ofStack }, configuration);
  const hasToken = Boolean(process.env.SLACK_BOT_TOKEN?.trim());
  const toOthers = everyReceiver || receivers.length > 0;
  if (hasToken && !toOthers && reader([slackReceiver]) === undefined) {
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
  run: (all: Findings) => Promise<void>,
  cleanUp: (faults: string[]) => Promise<void>,
  stopping: Interruption,
  configuration: LiveConfiguration | undefined,
): Promise<Omit<Findings, "proven"> & Pick<DrillReport, "outcome" | "unproven">> {
  const all = noFindings();
  let broken = false;
  try {
    await run(all);
  } catch (error) {
    if (error instanceof WrongTarget) {
      stopping.release();
      throw error;
    }
    broken = true;
    if (!stopping.came()) all.faults.push((error as Error).message);
  }
  await cleanUp(all.faults);
  const interrupted = stopping.came();
  stopping.release();
  const { proven, ...found } = all;
  const outcome = interrupted ? "interrupted" : broken || found.legs.length === 0 ? "failed" : outcomeOf(found.legs);
  return { ...found, outcome, ...(configuration && { unproven: unprovenIn(configuration, proven) }) };
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
