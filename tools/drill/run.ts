import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Labels } from "../../alertmanager/evaluate";
import { Alertmanagers, type AlertmanagerView } from "./alertmanagers";
import type { DrillArguments } from "./arguments";
import { DrillAlert, newDrillId } from "./drill-alert";
import { NoAnswer } from "../stack/servers/http";
import { type Interruption, interruption } from "./interruption";
import { runNodeDrill } from "./node-drill";
import { Peers } from "../stack/servers/peers";
import { Prometheuses } from "./prometheuses";
import { slackReceiver } from "../../values/slack-receivers";
import { reachEvery, type Replicas, Unreachable } from "../stack/servers/reach";
import type { LiveConfiguration } from "./live-configuration";
import { addResult, type DrillContext, type DrillResult, emptyResult } from "./message";
import { type DrillReport, exitCodes, missing, outcomeOf } from "./report";
import { type Screen, startScreen } from "./screen";
import { type ReaderFor, slackReaders } from "./slack-history";
import { outsideText } from "../../conventions/outside-text";
import { noStack, readStackFacts, type StackFacts } from "../stack/facts";
import { runSynthetic } from "./synthetic";
import { reportText } from "./table";
import { type Targets, targetsOf, unprovenIn, WrongTarget } from "./targets";
import { warningsOf } from "./warnings";
import { stackKeys } from "../stack/web/keys";

/** Runs a drill, shows the result, and returns the exit code. */
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
  const facts = args.stack === undefined ? noStack() : await readStackFacts(args.stack);
  for (const warning of facts.warnings) say(`Warning: ${warning}`);
  const keys = args.stack === undefined ? undefined : stackKeys(args.stack);
  const reached: Replicas[] = [];
  const reachServer = async (server: "Alertmanager" | "Prometheus", given: string | undefined) => {
    try {
      const one = await reachEvery(server, facts, { given, say, keys, oneWillDo: server === "Prometheus" });
      reached.push(one);
      return one;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const todo = facts.context === undefined && facts.warnings.length > 0 ? "Fix what the warning says" : "Fix that";
      const or = `${todo}, or give --${server.toLowerCase()} URL.`;
      throw new NoAnswer(`${server} cannot be reached: ${error.message} ${or}`);
    }
  };
  try {
    const alertmanager = await reachServer("Alertmanager", args.alertmanager);
    const { reached: answering, missing: lost, way } = alertmanager;
    const peers = new Peers(answering);
    const api = new Alertmanagers(peers);
    const statuses = await api.statuses();
    const { configuration } = statuses[0]!.answer;
    const hidden = Math.max(...statuses.map(({ answer }) => answer.members)) - answering.length;
    const warnings = await warningsOf(api, alertmanager, statuses, facts);
    const work =
      args.node === undefined
        ? ownAlerts(targetsOf(args, configuration, labelsOf(facts)), api)
        : nodeStop(args.node, args.patienceSeconds, await reachServer("Prometheus", args.prometheus));
    const slack = readerFor(args, facts, configuration, say);
    const stopping = interruption(say, work.onInterruption);
    const { signal } = stopping;
    const start = Date.now();
    const context = {
      configuration,
      facts,
      slack,
      signal,
      say,
      start,
      api: new Alertmanagers(peers, signal),
      absent: () => peers.absent(),
      peerWait: Math.max(lost, hidden) * facts.peerWait,
    };
    const found = await untilEnd(work, context, stopping);
    const { stack, environment, cluster } = facts;
    const report = {
      ...{ kind: work.kind, ...work.about(found.receivers) },
      ...{ stack, environment, cluster, startedAt: new Date(start).toISOString(), way },
      ...{ ...found, warnings: [...warnings, ...found.warnings, ...peers.absent()] },
    };
    await tell(args, report, screen);
    return exitCodes[report.outcome];
  } finally {
    await Promise.all(reached.map((one) => one.stop()));
  }
}

function labelsOf({ cluster, environment }: StackFacts): Labels {
  return { ...(cluster !== undefined && { cluster }), ...(environment !== undefined && { environment }) };
}

/** The kind of drill: with the drill's own alerts, or with a node that a person stops. */
interface Work {
  readonly kind: DrillReport["kind"];
  /** What happens first on an interruption, in words. */
  readonly onInterruption: string;
  run(context: DrillContext, all: DrillResult): Promise<void>;
  /** Undoes the changes; returns what could not be undone. */
  cleanUp(say: Screen["say"]): Promise<string[]>;
  about(receivers: readonly string[]): Pick<DrillReport, "id" | "subject">;
}

/** Receivers are drilled one after another: Alertmanager's counters do not distinguish alerts that run at once. */
function ownAlerts({ targets, unclear }: Targets, api: AlertmanagerView): Work {
  const raised: DrillAlert[] = [];
  return {
    kind: "alert",
    onInterruption: "resolving the drill's alert",
    async run(context, all) {
      const { facts, start, say } = context;
      for (const { receiver, labels } of targets) {
        const id = newDrillId();
        const alert = new DrillAlert(id, api, { ...labelsOf(facts), labels });
        raised.push(alert);
        say(`Raising ${id}${labelsText(labels)}`);
        const found = await runSynthetic({ ...context, alert, ...(receiver !== undefined && { receiver }) });
        addResult(all, targets.length > 1 ? underName(receiver ?? "", found) : found);
        if (targets.length > 1) await alert.resolve();
      }
      for (const { receiver, why } of unclear) {
        all.failures.push(why);
        all.stages.push(missing(`${receiver}: reachable`, (Date.now() - start) / 1000, { min: 0, max: 0 }, "unclear"));
      }
    },
    async cleanUp(say) {
      const failures: string[] = [];
      for (const alert of raised.filter((one) => one.raised)) {
        try {
          await alert.resolve();
          say("The drill's alert is resolved");
        } catch (error) {
          failures.push(
            `the alert ${alert.id} could not be resolved: ${(error as Error).message} It ends by itself, within five minutes unless resolve_timeout is set.`,
          );
        }
      }
      return failures;
    },
    about: (receivers) => ({
      id: raised.map(({ id }) => id).join(" "),
      subject: `Drill: ${raised.length > 1 ? `${raised.length} alerts` : "an alert"}, to ${receivers.join(", ") || "Slack"} and back`,
    }),
  };
}

function labelsText(labels: Labels): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return all.length === 0 ? "" : ` with ${outsideText(all.join(", "))}`;
}

/** Adds the results of one of several receivers, prefixed with its name. */
function underName(name: string, { stages, proof, failures, ...rest }: DrillResult): DrillResult {
  const under = (line: string) => `${name}: ${line}`;
  return {
    ...rest,
    stages: stages.map((one) => ({ ...one, name: under(one.name) })),
    proof: proof.map(under),
    failures: failures.map(under),
  };
}

function nodeStop(node: string, patienceSeconds: number, { reached, unreached }: Replicas): Work {
  return {
    kind: "node",
    onInterruption: "ending; nothing was changed, so start the node again if it is stopped",
    async run(context, all) {
      const peers = new Peers(reached);
      const prometheus = new Prometheuses(peers, context.signal);
      all.warnings.push(...unreached);
      addResult(all, await runNodeDrill({ ...context, node, prometheus, patienceSeconds }));
      all.warnings.push(...peers.absent());
    },
    cleanUp: () => Promise.resolve([]),
    about: () => ({ id: node, subject: `Drill: InstanceDown of ${node}` }),
  };
}

/** Where to look for the messages; warns if that was requested but is not possible. */
function readerFor(
  { channel, receivers, everyReceiver }: DrillArguments,
  { channel: ofStack }: StackFacts,
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

/** Runs the drill, always cleans up, and returns the known results even if it was interrupted or failed. */
async function untilEnd(
  work: Work,
  context: DrillContext,
  stopping: Interruption,
): Promise<Omit<DrillResult, "proven"> & Pick<DrillReport, "outcome" | "unproven">> {
  const all = emptyResult();
  let broken = false;
  try {
    await work.run(context, all);
  } catch (error) {
    if (error instanceof WrongTarget) {
      stopping.release();
      throw error;
    }
    broken = true;
    if (!stopping.came()) all.failures.push((error as Error).message);
  }
  all.failures.push(...(await work.cleanUp(context.say)));
  const interrupted = stopping.came();
  stopping.release();
  const { configuration } = context;
  const { proven, ...found } = all;
  const outcome = interrupted
    ? "interrupted"
    : broken || found.stages.length === 0
      ? "failed"
      : outcomeOf(found.stages);
  return { ...found, outcome, ...(configuration && { unproven: unprovenIn(configuration, proven) }) };
}

async function tell(args: DrillArguments, report: DrillReport, { write, say }: Screen): Promise<void> {
  // The result is shown even if writing a file fails.
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
  if (report.stages.length > 0) {
    const time = report.startedAt.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
    const directory = args.out ?? `drill-${time}`;
    await orSay("picture", async () => {
      // Loading the PNG library takes time, so it is loaded only after the drill.
      const { writePictures } = await import("./timeline/write.js");
      const files = await writePictures(report, directory);
      say(`The picture is in ${files.join(", ")}`);
    });
  }
  write("");
  process.stdout.write(`${reportText(report)}\n`);
}
