import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { onUnexpectedEnd, startChild } from "../processes/child";
import { freePort, waitForHttp } from "../processes/ports";
import { programPath, type Programs } from "../programs/find";
import type { Say } from "../progress";
import { getText } from "../web";

/** A series with its raw samples. The times are in milliseconds since 1970. */
export interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** A running VictoriaMetrics. */
export interface Engine {
  readonly url: string;
  /** The series that a selector matches, with the samples of a range of time (seconds since 1970). */
  series(selector: string, from?: number, to?: number): Promise<RawSeries[]>;
  /** The value of a query that has one value, at a time; zero if there is none. */
  value(query: string, at: number): Promise<number>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly programs: Programs;
  /** A new directory for the data and the log. */
  readonly directory: string;
  /** The interval in which one sample of a series is kept: the scrape interval, if two servers write the same series. */
  readonly interval?: string;
  readonly say: Say;
}

/** Starts VictoriaMetrics on loopback, with little memory and without waiting for late samples. */
export async function startEngine({ programs, directory, interval, say }: EngineOptions): Promise<Engine> {
  await mkdir(directory, { recursive: true });
  const relabeling = path.join(directory, "relabel.yml");
  // Amazon's service removes the label by which it knows the replicas.
  await writeFile(relabeling, "- action: labeldrop\n  regex: __replica__\n");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = startChild({
    name: "victoria-metrics",
    command: programPath(programs, "victoria-metrics"),
    args: [
      ...[`-storageDataPath=${path.join(directory, "data")}`, `-httpListenAddr=127.0.0.1:${port}`],
      ...["-memory.allowedBytes=128MB", "-search.latencyOffset=0s", "-search.disableCache"],
      ...[`-relabelConfig=${relabeling}`, "-loggerLevel=WARN"],
      ...(interval === undefined ? [] : [`-dedup.minScrapeInterval=${interval}`]),
    ],
    env: { PATH: process.env.PATH, HOME: directory },
    logFile: path.join(directory, "victoria-metrics.log"),
  });
  onUnexpectedEnd(child, say);
  try {
    await waitForHttp(`${url}/health`, { child, timeoutMs: 60_000 });
  } catch (error) {
    await child.stop();
    throw error;
  }
  const asked = async (page: string, query: Readonly<Record<string, string | number>>) => {
    // Samples of the last second may still be in a buffer.
    await getText(`${url}/internal/force_flush`);
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    return getText(`${url}${page}?${parameters.toString()}`, {}, { patienceMs: 60_000 });
  };
  return {
    url,
    async series(selector, from = 0, to = Date.now() / 1000 + 60) {
      const text = await asked("/api/v1/export", { "match[]": selector, start: from, end: to });
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line) as RawSeries);
    },
    async value(query, at) {
      const text = await asked("/api/v1/query", { query, time: at });
      const { data } = JSON.parse(text) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1] ?? 0);
    },
    stop: () => child.stop(),
  };
}
