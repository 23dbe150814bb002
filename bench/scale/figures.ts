/** What a run measures of each Prometheus, and the table of it. */
import { setTimeout as delay } from "node:timers/promises";
import { readOfProcess } from "../../lab/process-family";
import { getText } from "../../lab/web";
import { PrometheusApi } from "../../tools/stack/servers/prometheus-api";
import { markdown, median } from "../markdown";
import type { Server } from "./server";

/** The figures of one Prometheus. */
export interface Figures {
  readonly nodes: number;
  readonly remoteWrite: boolean;
  readonly series: number;
  readonly samplesPerSecond: number;
  /** Memory that is not backed by files, in MiB: the median while it was measured, and the most since the start. */
  readonly memory: number;
  readonly mostMemory: number;
  /** The heap that was in use after the last garbage collection, in MiB. */
  readonly liveHeap: number;
  /** The share of one processor. */
  readonly processor: number;
  /** Seconds for each evaluation of all rules, and of the slowest group. */
  readonly rules: number;
  readonly slowestGroup: number;
  readonly missedEvaluations: number;
  /** Seconds of the longest scrape, which is that of kube-state-metrics. */
  readonly longestScrape: number;
  readonly targetsDown: number;
  /** Samples that were sent, per second, and those that wait to be sent at the end. */
  readonly sentPerSecond: number;
  readonly waiting: number;
}

/** The sums of a metric's series on a page of metrics. */
export function sumOf(page: string, metric: string): number {
  const found = page.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, "gm"));
  return [...found].reduce((sum, [, value]) => sum + Number(value), 0);
}

function most(page: string, metric: string): number {
  const found = page.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, "gm"));
  return Math.max(0, ...[...found].map(([, value]) => Number(value)));
}

/** MiB of memory of a process that are not backed by files. */
export function memoryOf(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readOfProcess(pid, "status"))?.[1] ?? 0) / 1024;
}

/** Seconds of processor time of a process. */
function processorOf(pid: number): number {
  const stat = readOfProcess(pid, "stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Watches the memory of a server from now on. */
export class Watch {
  most = 0;
  readonly seen: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(readonly server: Server) {
    this.timer = setInterval(() => {
      const now = memoryOf(server.child.pid);
      this.most = Math.max(this.most, now);
      this.seen.push(now);
    }, 500);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Waits until a server has all series, and until its rules were evaluated with them. */
export async function settled(server: Server, series: number, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const page = await pageOf(server);
    if (sumOf(page, "prometheus_tsdb_head_series") >= series) break;
    if (Date.now() > deadline) {
      const has = sumOf(page, "prometheus_tsdb_head_series");
      throw new Error(`${server.url} has ${has} of ${series} series after ${waitMs / 1000} s.`);
    }
    await delay(1000);
  }
}

/** A busy server with one processor may answer late. */
const patienceMs = 60_000;

function pageOf({ url }: Server): Promise<string> {
  return getText(`${url}/metrics`, {}, { patienceMs });
}

/** Measures for some time. */
export async function measure(
  watch: Watch,
  o: { readonly nodes: number; readonly remoteWrite: boolean; readonly seconds: number; readonly evaluation: number },
): Promise<Figures> {
  const { server } = watch;
  const { pid } = server.child;
  const [before, usedBefore, from, seenBefore] = [
    await pageOf(server),
    processorOf(pid),
    Date.now(),
    watch.seen.length,
  ];
  await delay(o.seconds * 1000);
  const [after, used, seconds] = [await pageOf(server), processorOf(pid), (Date.now() - from) / 1000];
  const grown = (metric: string) => sumOf(after, metric) - sumOf(before, metric);
  const api = new PrometheusApi(server.url, undefined, {}, patienceMs);
  const value = async (expression: string) => Number((await api.query(expression, 1))[0]?.value[1] ?? 0);
  return {
    nodes: o.nodes,
    remoteWrite: o.remoteWrite,
    series: sumOf(after, "prometheus_tsdb_head_series"),
    samplesPerSecond: grown("prometheus_tsdb_head_samples_appended_total") / seconds,
    memory: median(watch.seen.slice(seenBefore)),
    mostMemory: watch.most,
    liveHeap: sumOf(after, "go_memstats_next_gc_bytes") / 1.75 / 2 ** 20,
    processor: (used - usedBefore) / seconds,
    rules: (grown("prometheus_rule_group_duration_seconds_sum") / seconds) * o.evaluation,
    slowestGroup: most(after, "prometheus_rule_group_last_duration_seconds"),
    missedEvaluations: grown("prometheus_rule_group_iterations_missed_total"),
    longestScrape: await value("max(scrape_duration_seconds)"),
    targetsDown: await value("count(up == 0)"),
    sentPerSecond: grown("prometheus_remote_storage_samples_total") / seconds,
    waiting: sumOf(after, "prometheus_remote_storage_samples_pending"),
  };
}

/** A line through the figures: what one Prometheus needs without any series, and for each of them. */
export interface Line {
  readonly base: number;
  readonly each: number;
}

/** The line through the smallest and the largest run. */
export function lineThrough(figures: readonly Figures[], of: (one: Figures) => number): Line | undefined {
  const [first, last] = [figures[0], figures.at(-1)];
  if (first === undefined || last === undefined || first.series === last.series) return undefined;
  const each = (of(last) - of(first)) / (last.series - first.series);
  return { base: of(first) - each * first.series, each };
}

const thousands = (value: number) => Math.round(value).toLocaleString("en");

/** The table for docs/benchmarks.md. Rows of `beyond` nodes are computed from the lines through the measured rows. */
export function scaleTable(figures: readonly Figures[], beyond: readonly { nodes: number; series: number }[]): string {
  const head = [
    "nodes",
    "remote write",
    "series",
    "samples per second",
    "memory, MiB",
    "most memory, MiB",
    "live heap, MiB",
    "processors",
    "all rules, ms",
    "slowest group, ms",
    "longest scrape, s",
  ];
  const rows = figures.map((one) => [
    thousands(one.nodes),
    one.remoteWrite ? "yes" : "no",
    thousands(one.series),
    thousands(one.samplesPerSecond),
    thousands(one.memory),
    thousands(one.mostMemory),
    thousands(one.liveHeap),
    one.processor.toFixed(2),
    thousands(one.rules * 1000),
    thousands(one.slowestGroup * 1000),
    one.longestScrape.toFixed(2),
  ]);
  for (const { nodes, series } of beyond) {
    for (const remoteWrite of [false, true]) {
      const like = figures.filter((one) => one.remoteWrite === remoteWrite);
      const at = (of: (one: Figures) => number) => {
        const line = lineThrough(like, of);
        return line === undefined ? Number.NaN : line.base + line.each * series;
      };
      rows.push([
        `${thousands(nodes)}, extrapolated`,
        remoteWrite ? "yes" : "no",
        thousands(series),
        thousands(at((one) => one.samplesPerSecond)),
        thousands(at((one) => one.memory)),
        thousands(at((one) => one.mostMemory)),
        thousands(at((one) => one.liveHeap)),
        at((one) => one.processor).toFixed(2),
        thousands(at((one) => one.rules) * 1000),
        thousands(at((one) => one.slowestGroup) * 1000),
        at((one) => one.longestScrape).toFixed(2),
      ]);
    }
  }
  return markdown(head, rows);
}

/** A sentence for each figure that shows that a run was not as intended. */
export function complaints(figures: readonly Figures[]): string[] {
  return figures.flatMap((one) => {
    const where = `${one.nodes} nodes, ${one.remoteWrite ? "with" : "without"} remote write`;
    const counted = (count: number, what: string) => (count > 0 ? [`${where}: ${count} ${what}.`] : []);
    return [
      ...counted(one.targetsDown, "targets were down"),
      ...counted(one.missedEvaluations, "evaluations of groups were missed"),
    ];
  });
}
