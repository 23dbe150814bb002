/**
 * `npm run bench:soak -- --minutes 30`: the lab runs idle with the program's usual intervals, and then goes through the
 * upkeep of a cluster, from rolling updates to a worker that is removed; no message may be sent.
 * `--without NodeCpuHigh` is for a busy machine: the lab's nodes are this machine, so the alert would fire rightly.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { colors } from "../tools/shared/colors";
import { startHeartbeatReceiver } from "../lab/heartbeat/start";
import type { Say } from "../lab/progress";
import { PrometheusApi } from "../lab/prometheus-api";
import { openRun } from "../lab/run";
import type { Run } from "../lab/run";
import { settle, targetsOf } from "../lab/idle";
import { labStack, urlsOf } from "../lab/steps";
import { readSlackPayload } from "../lab/slack-message";
import { heartbeatOf, recordedAlerts, ruleCount, SeenAlerts, soakComplaints, soakMarkdown } from "./soak/observations";
import type { Phase, Soak } from "./soak/observations";
import { siteOf, upkeep } from "./soak/upkeep";
import { NoAnswer } from "../tools/stack/servers/http";

const STACK = "soak";
const POLL_MS = 5_000;
/** How long each kind of upkeep is observed after it is done. */
const AFTER_UPKEEP_MINUTES = 3;
/** The default of `alerting:heartbeat.interval`. */
const HEARTBEAT_SECONDS = 60;
const OUT = ".lab/bench-soak.json";

interface Options {
  readonly minutes: number;
  /** Alerts that are switched off because they would rightly fire on this machine. */
  readonly without: readonly string[];
}

function optionsGiven(): Options {
  const { values } = parseArgs({
    options: { minutes: { type: "string", default: "30" }, without: { type: "string", multiple: true, default: [] } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 1 && minutes <= 24 * 60)) {
    throw new Error(`--minutes is "${values.minutes}"; it is a number from 1 to 1440.`);
  }
  return { minutes, without: values.without };
}

async function main(): Promise<number> {
  const options = optionsGiven();
  process.env.PROFILE ??= "default";
  const run = await openRun({ alertmanagers: 3, prometheus: 2 });
  const { screen, progress, ending } = run;
  let soak: Soak;
  try {
    soak = await soaked(run, options);
  } catch (error) {
    await ending.end();
    screen.write(colors.red(`${progress.failed?.name ?? "The lab"} failed: ${(error as Error).message}`));
    screen.write(`Logs: ${run.directory}`);
    return 1;
  }
  await progress.stage("stopping", () => ending.end());
  await fs.mkdir(path.dirname(OUT), { recursive: true });
  await fs.writeFile(OUT, `${JSON.stringify(soak, undefined, 2)}\n`);
  screen.write(`\n${soakMarkdown(soak)}\n`);
  if (options.without.length > 0) {
    screen.write(`Switched off: ${options.without.join(", ")}.`);
  }
  screen.write(`${soak.rules} rules, ${soak.targets} targets.`);
  for (const { name, pended } of soak.phases.filter(({ pended }) => pended.length > 0)) {
    screen.write(`${name}: pending, never firing: ${pended.join("; ")}.`);
  }
  const wrong = soakComplaints(soak, HEARTBEAT_SECONDS);
  wrong.forEach((sentence) => screen.write(colors.red(sentence)));
  screen.write(`All figures: ${OUT}\nLogs: ${run.directory}`);
  return wrong.length === 0 ? 0 : 1;
}

const off = (alerts: readonly string[]) => ({
  alerts: Object.fromEntries(alerts.map((alert) => [alert, { enabled: false }])),
});

async function soaked(run: Run, { minutes, without }: Options): Promise<Soak> {
  const { progress, ending, replicas } = run;
  const lab = await run.startLab();
  const heartbeat = await startHeartbeatReceiver();
  ending.add("the heartbeat's receiver", () => heartbeat.stop());
  const changes = { "alerting:rules": off(without), "alerting:availability": replicas };
  const stack = await progress.stage("stack", () =>
    labStack(lab, STACK, changes, { ...lab.secrets, "alerting:heartbeatUrl": heartbeat.url }),
  );
  await progress.stage("up", (say) => stack.up(say));
  const site = await progress.stage("a workload", (say) => siteOf(lab, say));
  const urls = await urlsOf(lab, stack);
  const idle = { targets: targetsOf(lab.machines, replicas) };
  const targets = await progress.stage("all targets up", (say) => settle(urls, say, idle));
  const prometheus = new PrometheusApi(urls.prometheus, urls.access);
  const rules = await ruleCount(prometheus);
  const observed = (name: string, act: (say: Say) => Promise<unknown>, minutes: number) =>
    progress.stage(name, async (say): Promise<Phase> => {
      const from = Date.now();
      const before = lab.slack.messages.length;
      const seen = await watched(prometheus, act(say), { minutes, say });
      const to = Date.now();
      seen.add(await recordedAlerts(prometheus, (to - from) / 1000));
      const messages = lab.slack.messages.slice(before).map(({ payload }) => readSlackPayload(payload).title);
      const { fired, pended } = seen;
      const beats = heartbeatOf(heartbeat.pings, from, to);
      return { name, minutes: (to - from) / 60_000, fired, pended, messages, heartbeat: beats };
    });
  const phases = [await observed("nothing", () => Promise.resolve(), minutes)];
  for (const { name, act, after } of upkeep) {
    phases.push(await observed(name, () => act(site), AFTER_UPKEEP_MINUTES));
    await after?.(site);
  }
  return { rules, targets, phases };
}

/** Queries Prometheus repeatedly until some minutes after the work is done. */
async function watched(
  prometheus: PrometheusApi,
  work: Promise<unknown>,
  { minutes, say }: { minutes: number; say: Say },
): Promise<SeenAlerts> {
  const seen = new SeenAlerts();
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  const done = work.then(() => delay(minutes * 60_000));
  const over = done.then(end, end);
  for (let told = ""; !isOver; await Promise.race([over, delay(POLL_MS)])) {
    // Prometheus does not answer while it is replaced; ALERTS has what was missed.
    const alerts = await prometheus.alerts().catch((error: unknown) => {
      if (error instanceof NoAnswer) return [];
      throw error;
    });
    seen.add(alerts);
    const state = `${seen.fired.length} alerts fired, ${seen.pended.length} only pending`;
    if (state !== told) say(state);
    told = state;
  }
  await done;
  return seen;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
