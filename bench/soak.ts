/**
 * `npm run bench:soak -- --minutes 30`: the lab runs idle with the program's usual intervals, and then goes through the
 * upkeep of a cluster, such as rolling updates, drains and reboots; no message may be sent.
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
import { startWorkload, upkeep } from "./soak/upkeep";
import { serverPod } from "../conventions/cluster-names";

const STACK = "soak";
/** How long each kind of upkeep is observed after it is done. */
const AFTER_UPKEEP_MINUTES = 5;
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
  const site = await progress.stage("a workload", (say) => startWorkload(lab, say));
  const urls = await urlsOf(lab, stack);
  const idle = { targets: targetsOf(lab.machines, replicas) };
  const targets = await progress.stage("all targets up", (say) => settle(urls, say, idle));
  const rules = await ruleCount(new PrometheusApi(urls.prometheus, urls.access));
  const observed = (name: string, minutes: number, act: (say: Say) => Promise<unknown>) =>
    progress.stage(name, async (say): Promise<Phase> => {
      const from = Date.now();
      const before = lab.slack.messages.length;
      await act(say);
      say(`done; watching for ${minutes} minutes`);
      await delay(minutes * 60_000);
      const to = Date.now();
      const seen = new SeenAlerts();
      // Each replica has the alerts of its own rules, and was away while it was replaced.
      for (let replica = 0; replica < replicas.prometheus; replica++) {
        const url = await lab.nodes.urlOf({ app: "prometheus", pod: serverPod(replica) });
        seen.add(await recordedAlerts(new PrometheusApi(url, urls.access), (to - from) / 1000));
      }
      const messages = lab.slack.messages.slice(before).map(({ payload }) => readSlackPayload(payload).title);
      const { fired, pended } = seen;
      const beats = heartbeatOf(heartbeat.pings, from, to);
      return { name, minutes: (to - from) / 60_000, fired, pended, messages, heartbeat: beats };
    });
  const phases = [await observed("nothing", minutes, () => Promise.resolve())];
  for (const { name, act } of upkeep) {
    phases.push(await observed(name, AFTER_UPKEEP_MINUTES, (say) => act(site(say))));
  }
  return { rules, targets, phases };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
