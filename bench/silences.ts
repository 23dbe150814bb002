/**
 * `npm run bench:silences`: how much Alertmanager writes so that a hard kill loses few silences. At each maintenance
 * interval it writes all silences and its record of what it has sent for each group, whether anything changed or not.
 */
import { once } from "node:events";
import * as fs from "node:fs/promises";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { prometheusValues } from "../values/prometheus-values";
import { milliseconds } from "../validation/durations";
import { defaultSettings } from "../settings/parse";
import { type Child, startChild } from "../lab/processes/child";
import { freePort, waitForHttp } from "../lab/processes/ports";
import { findPrograms, programPath } from "../lab/programs/find";
import { getText } from "../lab/web";
import { markdown } from "./markdown";

const interval = prometheusValues(defaultSettings()).alertmanager.extraArgs["data.maintenance-interval"];
/** Numbers of silences, and of groups with a message in the five days for which Alertmanager remembers messages. */
const cases = [
  { silences: 0, groups: 0 },
  { silences: 10, groups: 100 },
  { silences: 100, groups: 1000 },
  { silences: 1000, groups: 10_000 },
];
const watchedMs = 12 * milliseconds(interval)!;

interface Figures {
  readonly silences: number;
  readonly groups: number;
  /** The sizes of the two files in bytes. */
  readonly files: number;
  /** Bytes written to the file system while nothing happened, and how long this was watched. */
  readonly written: number;
  readonly watchedMs: number;
  /** Seconds of CPU time while it was watched. */
  readonly processor: number;
  /** The mean time of a write of the larger file. */
  readonly writeMs: number;
}

async function main(): Promise<void> {
  const programs = await findPrograms(["alertmanager"], (line) => process.stderr.write(`${line}\n`));
  const directory = await fs.mkdtemp(path.join(tmpdir(), "bench-silences-"));
  const taker = http.createServer((request, response) => void request.resume().on("end", () => response.end()));
  await once(taker.listen(0, "127.0.0.1"), "listening");
  const figures: Figures[] = [];
  try {
    for (const [at, one] of cases.entries()) {
      process.stderr.write(`${one.silences} silences, ${one.groups} groups: ${watchedMs / 1000} s\n`);
      const url = `http://127.0.0.1:${(taker.address() as AddressInfo).port}/`;
      figures.push(await measured(programPath(programs, "alertmanager"), path.join(directory, `${at}`), url, one));
    }
  } finally {
    taker.closeAllConnections();
    taker.close();
    await fs.rm(directory, { recursive: true, force: true });
  }
  const rows = figures.map(({ silences, groups, files, written, watchedMs: during, processor, writeMs }) => [
    silences.toLocaleString("en"),
    groups.toLocaleString("en"),
    (files / 1024).toFixed(1),
    ((written / during) * (86_400_000 / 1024 ** 2)).toFixed(0),
    writeMs.toFixed(1),
    ((100 * 1000 * processor) / during).toFixed(2),
  ]);
  const head = ["silences", "groups", "files, KiB", "written a day, MiB", "a write, ms", "processor, %"];
  process.stdout.write(`Every ${interval}:\n\n${markdown(head, rows)}\n`);
}

async function measured(
  command: string,
  directory: string,
  url: string,
  { silences, groups }: (typeof cases)[number],
): Promise<Figures> {
  const data = path.join(directory, "data");
  const file = path.join(directory, "alertmanager.yml");
  await fs.mkdir(data, { recursive: true });
  const route = { receiver: "taker", group_by: ["alertname"], group_wait: "0s", group_interval: "1h" };
  const receivers = [{ name: "taker", webhook_configs: [{ url }] }];
  await fs.writeFile(file, stringify({ route, receivers }));
  const port = await freePort();
  const child = startChild({
    name: "alertmanager",
    command,
    args: [
      ...[`--config.file=${file}`, `--storage.path=${data}`, `--data.maintenance-interval=${interval}`],
      ...["--cluster.listen-address=", `--web.listen-address=127.0.0.1:${port}`],
    ],
    logFile: path.join(directory, "alertmanager.log"),
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await waitForHttp(`${origin}/-/ready`, { child, timeoutMs: 60_000 });
    for (let at = 0; at < silences; at++) await post(`${origin}/api/v2/silences`, silence(at));
    const endsAt = new Date(Date.now() + 3600e3).toISOString();
    const alerts = Array.from({ length: groups }, (_, at) => ({ labels: { alertname: `Alert${at}` }, endsAt }));
    await post(`${origin}/api/v2/alerts`, alerts);
    const told = async () =>
      [...(await samples(origin, "notifications_total")).values()].reduce((sum, count) => sum + count, 0);
    while ((await told()) < groups) await delay(200);
    // Waits until the latest messages have been written.
    await delay(2 * milliseconds(interval)!);
    const [before, from] = [await usage(child), Date.now()];
    await delay(watchedMs);
    const [after, to] = [await usage(child), Date.now()];
    const sizes = await Promise.all(["silences", "nflog"].map((name) => fs.stat(path.join(data, name))));
    const writes = await Promise.all(
      ["silences", "nflog"].map(async (name) => {
        const [sum, count] = await Promise.all(
          ["sum", "count"].map(async (of) =>
            (await samples(origin, `${name}_snapshot_duration_seconds_${of}`)).get("")!,
          ),
        );
        return (1000 * sum!) / count!;
      }),
    );
    return {
      silences,
      groups,
      files: sizes.reduce((sum, { size }) => sum + size, 0),
      written: after.written - before.written,
      watchedMs: to - from,
      processor: after.processor - before.processor,
      writeMs: Math.max(...writes),
    };
  } finally {
    await child.stop();
  }
}

function silence(at: number): object {
  const matchers = [{ name: "instance", value: `10.0.${at >> 8}.${at & 255}:9100`, isRegex: false, isEqual: true }];
  const [startsAt, endsAt] = [0, 24 * 3600e3].map((ms) => new Date(Date.now() + ms).toISOString());
  return { matchers, startsAt, endsAt, createdBy: "bench", comment: "a node that is being replaced" };
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`Alertmanager answers ${answer.status}: ${await answer.text()}`);
}

async function samples(origin: string, metric: string): Promise<Map<string, number>> {
  const found = (await getText(`${origin}/metrics`)).matchAll(
    new RegExp(`^alertmanager_${metric}(?:\\{(.*)\\})? (\\S+)$`, "gm"),
  );
  return new Map([...found].map(([, labels = "", value]) => [labels, Number(value)]));
}

/** The bytes that a process has written to the file system and its CPU time since it started, as counted by Linux. */
async function usage({ pid }: Child): Promise<{ written: number; processor: number }> {
  const [io, stat] = await Promise.all(["io", "stat"].map((name) => fs.readFile(`/proc/${pid}/${name}`, "utf8")));
  const times = stat!.slice(stat!.lastIndexOf(")") + 2).split(" ");
  return {
    written: Number(/^write_bytes: (\d+)$/m.exec(io!)?.[1]),
    processor: (Number(times[11]) + Number(times[12])) / 100,
  };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
