/**
 * `npm run bench:scale`: what one Prometheus needs for clusters of several sizes, with and without remote write. Both
 * servers run side by side; they have the program's own configuration and rules, and scrape the same synthetic targets.
 */
import * as fs from "node:fs/promises";
import { freemem, loadavg } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { defaultSettings } from "../settings/parse";
import { bytes } from "../validation/sizes";
import { milliseconds } from "../validation/durations";
import { Ending, endWithProcess } from "../lab/ending";
import { findPrograms, programPath } from "../lab/programs/find";
import { standardScreen, startProgress } from "../lab/progress";
import { makeRunDirectory } from "../lab/run-directory";
import { prometheusOf, renderSettings } from "./alerts/rendered";
import { capture } from "./scale/capture";
import { complaints, type Figures, lineThrough, measure, scaleTable, settled, Watch } from "./scale/figures";
import { changes, startServer } from "./scale/server";
import { seriesOf, startExporters, targetsOf, templatesOf } from "./scale/targets";

const out = ".lab/bench-scale.json";
/** Memory that one series may need, in KiB: a size that this machine's memory cannot hold is left out. */
const assumedKiB = 5;

interface Options {
  readonly sizes: readonly number[];
  readonly beyond: readonly number[];
  readonly pods: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Whether Prometheus aims to stay below the memory limit of its pod, as it does in a cluster. */
  readonly limited: boolean;
  /** How much time one block of samples holds, instead of two hours, so that a run also sees one being written. */
  readonly block: string | undefined;
}

function optionsGiven(): Options {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "10,30,100,200" },
      beyond: { type: "string", default: "300,1000" },
      pods: { type: "string", default: "20" },
      seconds: { type: "string", default: "120" },
      "warm-up": { type: "string", default: "60" },
      limited: { type: "boolean", default: false },
      block: { type: "string" },
    },
  });
  const list = (text: string) => text.split(",").filter(Boolean).map(Number);
  return {
    sizes: list(values.sizes),
    beyond: list(values.beyond),
    pods: Number(values.pods),
    seconds: Number(values.seconds),
    warmUp: Number(values["warm-up"]),
    limited: values.limited,
    block: values.block,
  };
}

async function main(): Promise<number> {
  const options = optionsGiven();
  const screen = standardScreen();
  const progress = startProgress(screen);
  const ending = new Ending(screen.write);
  endWithProcess(ending, screen.write);
  const directory = await makeRunDirectory();
  const names = ["helm", "prometheus", "node_exporter", "kube-state-metrics"] as const;
  const controlPlane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
  const programs = await progress.stage("programs", (say) => findPrograms([...names, ...controlPlane], say));
  const helm = programPath(programs, "helm");
  const command = programPath(programs, "prometheus");
  const { alerts, prometheus } = defaultSettings();
  const chart = await renderSettings(helm, {});
  const longTerm = { engine: "victoria-metrics", url: "https://engine.example/api/v1/write" };
  const variants = [
    { remoteWrite: false, rendered: prometheusOf(chart) },
    { remoteWrite: true, rendered: prometheusOf(await renderSettings(helm, { longTerm })) },
  ];
  const { block } = options;
  const flags = block === undefined ? [] : ["min", "max"].map((end) => `--storage.tsdb.${end}-block-duration=${block}`);
  const captured = await progress.stage("the real exporters' series", (say) =>
    capture({ directory, programs, chart, pods: options.pods, say }, ending),
  );
  const templates = templatesOf(captured, options.pods);
  for (const [name, { series }] of Object.entries(templates)) screen.write(`${name}: ${series} series`);
  const limit = bytes(prometheus.resources.memoryLimit);
  // Prometheus reads the limit of its pod and sets this target itself.
  const environment: Record<string, string> = options.limited ? { GOMEMLIMIT: String(Math.floor(limit * 0.9)) } : {};
  const figures: Figures[] = [];
  for (const nodes of options.sizes) {
    const series = seriesOf(nodes, templates);
    const needed = 2 * series * assumedKiB * 1024;
    if (needed > (await availableMemory())) {
      screen.write(`${nodes} nodes are left out: two servers may need ${(needed / 2 ** 30).toFixed(0)} GiB.`);
      continue;
    }
    figures.push(
      ...(await progress.stage(`${nodes} nodes, ${series} series`, async (say) => {
        const exporters = await startExporters(nodes, templates);
        const targets = targetsOf(nodes);
        const watches: Watch[] = [];
        try {
          for (const { remoteWrite, rendered } of variants) {
            const place = path.join(directory, `${nodes}-${remoteWrite ? "remote-write" : "alone"}`);
            const at = { directory: place, proxyUrl: exporters.url };
            watches.push(new Watch(await startServer({ command, rendered, flags, targets, environment, ...at })));
          }
          await Promise.all(watches.map(({ server }) => settled(server, series, 300_000)));
          say("all series are there");
          await delay(options.warmUp * 1000);
          const evaluation = milliseconds(alerts.evaluationInterval)! / 1000;
          const common = { nodes, seconds: options.seconds, evaluation };
          const measured = await Promise.all(
            watches.map((watch, index) => measure(watch, { ...common, remoteWrite: variants[index]!.remoteWrite })),
          );
          const { writes, bytes: written } = exporters.received();
          say(`${writes} requests of remote write, ${(written / 2 ** 20).toFixed(0)} MiB`);
          return measured;
        } finally {
          await Promise.all(
            watches.map(async (watch) => {
              watch.stop();
              await watch.server.child.stop();
            }),
          );
          await exporters.stop();
        }
      })),
    );
    // A later size can fail for want of memory, and the figures of the earlier ones are kept.
    await fs.writeFile(out, `${JSON.stringify({ options, figures }, undefined, 2)}\n`);
  }
  await ending.end();
  const beyond = options.beyond
    .filter((nodes) => figures.every((one) => one.nodes < nodes))
    .map((nodes) => ({ nodes, series: seriesOf(nodes, templates) }));
  screen.write(`\n${scaleTable(figures, beyond)}\n`);
  for (const { remoteWrite } of variants) {
    const like = figures.filter((one) => one.remoteWrite === remoteWrite);
    const heap = lineThrough(like, ({ liveHeap }) => liveHeap);
    const processor = lineThrough(like, (one) => one.processor);
    if (heap === undefined || processor === undefined) continue;
    const most = (limit / 2 ** 20 - heap.base) / heap.each;
    screen.write(
      `${remoteWrite ? "With" : "Without"} remote write: live heap = ${heap.base.toFixed(0)} MiB + ` +
        `${(heap.each * 1024).toFixed(2)} KiB a series, processors = ${processor.base.toFixed(2)} + ` +
        `${(processor.each * 1e6).toFixed(2)} a million series; the live heap alone fills the limit of ` +
        `${prometheus.resources.memoryLimit} at ${Math.round(most).toLocaleString("en")} series.`,
    );
  }
  screen.write(
    `The load of the machine is ${loadavg()[0]!.toFixed(1)}. Changes to the configuration: ${changes.join("; ")}.`,
  );
  screen.write(`All figures: ${out}\nLogs: ${directory}`);
  const wrong = complaints(figures);
  wrong.forEach(screen.write);
  return wrong.length === 0 ? 0 : 1;
}

/** Memory that programs can still take, in bytes. */
async function availableMemory(): Promise<number> {
  const kib = /^MemAvailable:\s+(\d+) kB/m.exec(await fs.readFile("/proc/meminfo", "utf8").catch(() => ""))?.[1];
  return kib === undefined ? freemem() : Number(kib) * 1024;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
