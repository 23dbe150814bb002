import { readOfProcess } from "../../lab/process-family";
import { samplesOf, type Started } from "../../test/support/lab/plain-pipeline";

/** What is seen of the two servers at one time. */
export interface Observation {
  readonly phase: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The resident memory in MiB, with and without remote write. */
  readonly memory: readonly [writing: number, other: number];
  /** The age of the newest sample that was sent, in seconds. */
  readonly behind: number;
  /** The samples in the queue. */
  readonly pending: number;
  readonly shards: number;
}

const metric = (name: string) => `prometheus_remote_storage_${name}`;

export async function observe(phase: string, writing: Started, other: Started): Promise<Observation> {
  const one = async (name: string) => sumOf(await samplesOf(writing, metric(name)));
  const [sent, pending, shards] = await Promise.all([
    one("queue_highest_sent_timestamp_seconds"),
    one("samples_pending"),
    one("shards"),
  ]);
  const at = Date.now();
  return {
    phase,
    at,
    memory: [memoryOf(writing), memoryOf(other)],
    // Before the first request, nothing is late.
    behind: sent === 0 ? 0 : at / 1000 - sent,
    pending,
    shards,
  };
}

/** The samples that were given up: refused for good, or too old. */
export async function givenUp(writing: Started): Promise<number> {
  const failed = sumOf(await samplesOf(writing, metric("samples_failed_total")));
  const dropped = await samplesOf(writing, metric("samples_dropped_total"));
  const lost = Object.entries(dropped).filter(([labels]) => !labels.includes("dropped_series"));
  return failed + sumOf(Object.fromEntries(lost));
}

/** The processor time of a server so far, in seconds. */
export async function processorTime(server: Started): Promise<number> {
  return sumOf(await samplesOf(server, "process_cpu_seconds_total"));
}

function sumOf(samples: Readonly<Record<string, number>>): number {
  return Object.values(samples).reduce((sum, value) => sum + value, 0);
}

function memoryOf({ child }: Started): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readOfProcess(child.pid, "status"))?.[1] ?? 0) / 1024;
}
