/**
 * `npm run bench:long-term -- --minutes 10 --slow 5`: the long-term engine is down, and later too slow, for so many
 * minutes (by default as long). One Prometheus writes to it with the values of `alerting:longTerm`, and another
 * one scrapes the same targets without remote write. Counts lost samples, and the alerts that reach Slack meanwhile.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Ending, endWithProcess } from "../lab/ending";
import { startEngine } from "../lab/long-term/engine";
import { startFront } from "../lab/long-term/front";
import { findPrograms } from "../lab/programs/find";
import { PrometheusApi } from "../lab/prometheus-api";
import { makeRunDirectory } from "../lab/run-directory";
import { reportsDown } from "../lab/slack-message";
import { startSlack } from "../lab/slack/start";
import { startAlertmanager, startPrometheus, WEBHOOK } from "../test/support/lab/plain-pipeline";
import { givenUp, type Observation, observe, processorTime } from "./long-term/observation";
import { reportOf, type Result, type Told } from "./long-term/report";
import { benchMetrics, Exporter } from "./long-term/targets";

const OUT = ".lab/bench-long-term.json";
const scrapeSeconds = 15;
const maxShards = 10;
const samplesPerRequest = 1000;
const alertsEach = 3;
const say = (line: string) => process.stderr.write(`${line}\n`);

function optionsGiven() {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      slow: { type: "string" },
      targets: { type: "string", default: "30" },
      series: { type: "string", default: "700" },
    },
  });
  const given = [values.minutes, values.slow ?? values.minutes, values.targets, values.series].map(Number);
  const [minutes, slow, targets, series] = given as [number, number, number, number];
  if (![minutes, slow].every((one) => one >= 4 && one <= 100) || !(targets > alertsEach) || !(series >= 1))
    throw new Error("--minutes and --slow are from 4 to 100, --targets more than 3, and --series at least 1.");
  return { minutes, slow, targets, series };
}

async function main(): Promise<number> {
  const options = optionsGiven();
  const ending = new Ending(say);
  endWithProcess(ending, say);
  const programs = await findPrograms(["prometheus", "alertmanager", "victoria-metrics"], say);
  const directory = await makeRunDirectory();
  try {
    const result = await measured(options, { programs, directory, ending });
    await fs.mkdir(path.dirname(OUT), { recursive: true });
    await fs.writeFile(OUT, `${JSON.stringify(result, undefined, 2)}\n`);
    process.stdout.write(`\n${reportOf(result)}\n\nAll figures: ${OUT}\n`);
    return result.lost === 0 && result.alerts.every(({ seconds }) => seconds !== undefined) ? 0 : 1;
  } finally {
    await ending.end();
  }
}

interface Surroundings {
  readonly programs: Awaited<ReturnType<typeof findPrograms>>;
  readonly directory: string;
  readonly ending: Ending;
}

async function measured(options: ReturnType<typeof optionsGiven>, { programs, directory, ending }: Surroundings) {
  const started = await startAll(options, { programs, directory, ending });
  const { front, exporters, writing, other, slack } = started;
  const observations: Observation[] = [];
  const alerts: Told[] = [];
  const caughtUp: Record<string, number> = {};

  const watch = async (phase: string, isOver: (seconds: number, latest: Observation) => boolean) => {
    const from = Date.now();
    for (let told = 0; ; await delay(5_000)) {
      const latest = await observe(phase, writing, other);
      observations.push(latest);
      const seconds = (Date.now() - from) / 1000;
      if (isOver(seconds, latest)) return seconds;
      if (seconds - told < 60) continue;
      told = seconds;
      const [mine, theirs] = latest.memory.map((one) => one.toFixed(0));
      say(
        `${phase}, ${(seconds / 60).toFixed(0)} min: ${mine} and ${theirs} MiB, ${latest.behind.toFixed(0)} s behind`,
      );
    }
  };
  /** Stops some targets one after the other, and starts each again when its alert has come. */
  const alertsIn = async (phase: string) => {
    for (const exporter of exporters.slice(0, alertsEach)) {
      const [from, stoppedAt] = [slack.messages.length, Date.now()];
      await exporter.stop();
      const arrived = await slack
        .nextMessage(({ payload }) => reportsDown(payload, exporter.address), 240_000, from)
        .catch(() => undefined);
      const seconds = arrived && (Date.parse(arrived.receivedAt) - stoppedAt) / 1000;
      alerts.push({ phase, seconds });
      say(`${phase}: an alert came after ${seconds?.toFixed(0) ?? "no"} s`);
      await exporter.start();
    }
  };
  const trouble = async (phase: string, minutes: number, begin: () => unknown, end: () => unknown) => {
    await begin();
    await Promise.all([watch(phase, (seconds) => seconds >= minutes * 60), alertsIn(phase)]);
    await end();
    const isCaughtUp = (_: number, { behind }: Observation) => behind < 2 * scrapeSeconds;
    caughtUp[phase] = await watch(`catching up after "${phase}"`, isCaughtUp);
  };

  await watch("before", (seconds) => seconds >= 120);
  const start = Math.ceil(Date.now() / 1000);
  await trouble(
    "down",
    options.minutes,
    () => front.close(),
    () => front.open(),
  );
  // The shards together send half of the samples that are scraped.
  const rate = (options.targets * options.series) / scrapeSeconds;
  const delayMs = Math.min(25_000, (2000 * maxShards * samplesPerRequest) / rate);
  await trouble(
    "too slow",
    options.slow,
    () => front.behave({ delayMs }),
    () => front.behave({}),
  );
  await watch("after", (seconds) => seconds >= 60);
  const end = Math.floor(Date.now() / 1000) - 2 * scrapeSeconds;
  return {
    ...options,
    ...{ observations, alerts, caughtUp },
    ...(await compared(started, start, end)),
    givenUp: await givenUp(writing),
    processor: [await processorTime(writing), await processorTime(other)],
  } satisfies Result;
}

/** Starts everything, and has it stopped by `ending`. */
async function startAll(
  { targets, series }: ReturnType<typeof optionsGiven>,
  { programs, directory, ending }: Surroundings,
) {
  const slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
  ending.add("Slack", () => slack.stop());
  const engine = await startEngine({ programs, directory: path.join(directory, "engine"), say });
  ending.add("the engine", () => engine.stop());
  const front = await startFront({ engine: engine.url, region: "", keyOf: () => undefined });
  ending.add("the engine's front", () => front.stop());
  const credentialFile = path.join(directory, "credential");
  const token = randomBytes(18).toString("hex");
  await fs.writeFile(credentialFile, token, { mode: 0o600 });
  front.accept([token]);
  const exporters = await Promise.all(Array.from({ length: targets }, () => Exporter.of(series)));
  ending.add("the targets", async () => {
    await Promise.all(exporters.map((one) => one.stop()));
  });
  const alertmanager = await startAlertmanager({
    programs,
    directory: path.join(directory, "alertmanager"),
    webhookUrl: `${slack.origin}${WEBHOOK}`,
  });
  ending.add("Alertmanager", () => alertmanager.child.stop());
  const job = {
    job_name: "kubernetes-service-endpoints",
    static_configs: exporters.map(({ address }, at) => ({
      targets: [address],
      labels: { namespace: "monitoring", node: `node-${at + 1}` },
    })),
  };
  const prometheus = async (name: string, more: object) => {
    const common = { programs, directory: path.join(directory, name), scrapeConfigs: [job] };
    const one = await startPrometheus({ ...common, ...more });
    ending.add(name, () => one.child.stop());
    return one;
  };
  const longTerm = { engine: "victoria-metrics", url: front.tokenUrl, credential: "engine", maxShards };
  const writing = await prometheus("prometheus-writing", {
    values: { longTerm, credentials: { engine: token } },
    alertmanager: alertmanager.origin,
    credentialFile,
  });
  const other = await prometheus("prometheus-other", {});
  return { slack, engine, front, exporters, writing, other };
}

/** Counts the samples of each metric in Prometheus, and how many of them the engine has not. */
async function compared({ engine, writing }: Awaited<ReturnType<typeof startAll>>, from: number, to: number) {
  const api = new PrometheusApi(writing.origin);
  let [samples, lost] = [0, 0];
  for (const metric of [...benchMetrics, "up"]) {
    const query = `sum(count_over_time(${metric}[${to - from}s]))`;
    const page = await api.page(`/api/v1/query?${new URLSearchParams({ query, time: String(to) }).toString()}`);
    const { data } = JSON.parse(page) as { data: { result: { value: [number, string] }[] } };
    const here = Number(data.result[0]?.value[1] ?? 0);
    samples += here;
    // More samples of one metric must not hide fewer of another.
    lost += Math.max(0, here - (await engine.value(query, to)));
  }
  return { samples, lost };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
