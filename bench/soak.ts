/**
 * `npm run bench:soak -- --minutes 30`: the lab runs idle with the program's usual intervals; no message may be sent.
 * `--without NodeCpuHigh` is for a busy machine: the lab's nodes are this machine, so the alert would fire rightly.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { colors } from "../tools/shared/colors";
import { startHeartbeatReceiver } from "../lab/heartbeat/start";
import type { Lab } from "../lab/lab";
import type { Say } from "../lab/progress";
import { PrometheusApi } from "../lab/prometheus-api";
import { openRun } from "../lab/run";
import type { Run } from "../lab/run";
import { settle } from "../lab/idle";
import { labStack, urlsOf } from "../lab/steps";
import { readSlackPayload } from "../lab/slack-message";
import { heartbeatOf, recordedAlerts, ruleCount, SeenAlerts, soakComplaints, soakMarkdown } from "./soak/observations";
import type { Soak } from "./soak/observations";

const STACK = "soak";
const POLL_MS = 5_000;
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
  const run = await openRun();
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
  if (soak.pended.length > 0) {
    screen.write(`Pending, never firing: ${soak.pended.join("; ")}.`);
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
  const { progress, ending } = run;
  const lab = await run.startLab();
  const heartbeat = await startHeartbeatReceiver();
  ending.add("the heartbeat's receiver", () => heartbeat.stop());
  const stack = await progress.stage("stack", () =>
    labStack(
      lab,
      STACK,
      { "alerting:rules": off(without) },
      { ...lab.secrets, "alerting:heartbeatUrl": heartbeat.url },
    ),
  );
  await progress.stage("up", (say) => stack.up(say));
  const urls = await urlsOf(lab, stack);
  const targets = await progress.stage("all targets up", (say) => settle(urls, say));
  const prometheus = new PrometheusApi(urls.prometheus, urls.access);
  const rules = await ruleCount(prometheus);
  return progress.stage(`${minutes} minutes idle`, async (say) => {
    const from = Date.now();
    const before = lab.slack.messages.length;
    const seen = await watched(lab, prometheus, { from, minutes, before, say });
    seen.add(await recordedAlerts(prometheus, (Date.now() - from) / 1000));
    const messages = lab.slack.messages.slice(before).map(({ payload }) => readSlackPayload(payload).title);
    const { fired, pended } = seen;
    return {
      minutes,
      rules,
      targets,
      fired,
      pended,
      messages,
      heartbeat: heartbeatOf(heartbeat.pings, from, Date.now()),
    };
  });
}

/** Queries Prometheus repeatedly until the given time is over. */
async function watched(
  lab: Lab,
  prometheus: PrometheusApi,
  { from, minutes, before, say }: { from: number; minutes: number; before: number; say: Say },
): Promise<SeenAlerts> {
  const seen = new SeenAlerts();
  const over = from + minutes * 60_000;
  let told = from;
  while (Date.now() < over) {
    seen.add(await prometheus.alerts());
    if (Date.now() - told >= 60_000) {
      told = Date.now();
      const messages = lab.slack.messages.length - before;
      say(
        `${Math.round((told - from) / 60_000)} of ${minutes} minutes: ${seen.fired.length} alerts fired, ` +
          `${seen.pended.length} only pending, ${messages} messages`,
      );
    }
    await delay(Math.min(POLL_MS, Math.max(over - Date.now(), 0)));
  }
  return seen;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
