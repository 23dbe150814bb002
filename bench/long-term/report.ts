import { markdown } from "../markdown";
import type { Observation } from "./observation";

/** An alert that had to reach Slack. */
export interface Told {
  readonly phase: string;
  /** The seconds from the stop of the target to the message; undefined if no message came. */
  readonly seconds?: number | undefined;
}

/** Everything that a run has measured. */
export interface Result {
  readonly targets: number;
  readonly series: number;
  readonly observations: readonly Observation[];
  readonly alerts: readonly Told[];
  /** Samples that Prometheus has, and how many of them the engine has not. */
  readonly samples: number;
  readonly lost: number;
  /** Samples that Prometheus gave up to send, as it counts them. */
  readonly givenUp: number;
  /** The seconds until no sample was late, by the phase before. */
  readonly caughtUp: Readonly<Record<string, number>>;
  /** Seconds of processor time, with and without remote write. */
  readonly processor: readonly [writing: number, other: number];
}

export function reportOf(result: Result): string {
  const { observations, alerts, samples, lost, givenUp, caughtUp, processor } = result;
  const rows = [...new Set(observations.map(({ phase }) => phase))].map((phase) => {
    const those = observations.filter((one) => one.phase === phase);
    const memory = (of: 0 | 1) => those.map((one) => one.memory[of]);
    const told = alerts.filter((one) => one.phase === phase);
    const seconds = told.flatMap((one) => one.seconds ?? []);
    return [
      phase,
      ((those.at(-1)!.at - those[0]!.at) / 60_000).toFixed(1),
      ...([0, 1] as const).map((of) => `${mean(memory(of)).toFixed(0)}, ${Math.max(...memory(of)).toFixed(0)}`),
      largest(those, "pending"),
      largest(those, "shards"),
      largest(those, "behind"),
      told.length === 0 ? "" : `${seconds.length} of ${told.length}`,
      seconds.length === 0 ? "" : `${Math.min(...seconds).toFixed(0)} to ${Math.max(...seconds).toFixed(0)}`,
    ];
  });
  const head = [
    ...["phase", "minutes", "memory with remote write, MiB: mean, max", "without, MiB: mean, max"],
    ...["samples in the queue, max", "shards, max", "newest sample sent, max age, s", "alerts in Slack"],
    "after, s",
  ];
  const waits = Object.entries(caughtUp).map(([phase, seconds]) => `${seconds.toFixed(0)} s after ${phase}`);
  return [
    markdown(head, rows),
    "",
    `${result.targets} targets with ${result.series} series each, every 15 s. ` +
      `Samples: ${samples}; lost: ${lost}; given up by Prometheus: ${givenUp}. Caught up: ${waits.join(", ")}. ` +
      `Processor time: ${processor[0].toFixed(0)} s with remote write, ${processor[1].toFixed(0)} s without.`,
  ].join("\n");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largest(observations: readonly Observation[], key: "pending" | "shards" | "behind"): string {
  return Math.max(...observations.map((one) => one[key])).toFixed(0);
}
