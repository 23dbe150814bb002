import type { Engine } from "../../../lab/long-term/engine";
import type { PrometheusApi } from "../../../lab/prometheus-api";

/** The times of the samples of each series, in milliseconds. The key is the series without external labels, as JSON. */
export type SampleTimes = ReadonlyMap<string, readonly number[]>;

const external = /^(cluster|environment|prometheus_replica|__name__)$/;

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(metric)
      .filter(([name]) => !external.test(name))
      .sort(),
  );
}

/** The samples that a Prometheus has in a range of time (milliseconds). */
export async function timesIn(prometheus: PrometheusApi, selector: string, from: number, to: number) {
  const range = `${selector}[${Math.ceil(to - from)}ms]`;
  const query = new URLSearchParams({ query: range, time: String(to / 1000) });
  const { data } = JSON.parse(await prometheus.page(`/api/v1/query?${query.toString()}`)) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return new Map(
    data.result.map(({ metric, values }) => [keyOf(metric), values.map(([seconds]) => Math.round(seconds * 1000))]),
  );
}

/** The samples that the engine has. */
export async function timesInEngine(engine: Engine, selector: string, from: number, to: number): Promise<SampleTimes> {
  const series = await engine.series(selector, from / 1000, to / 1000);
  return new Map(series.map(({ metric, timestamps }) => [keyOf(metric), timestamps]));
}

/**
 * The samples that every Prometheus has, and the engine has not, one line each. The engine keeps one sample in each
 * interval (milliseconds).
 */
export function lostSamples(servers: readonly SampleTimes[], engine: SampleTimes, interval: number): string[] {
  const intervals = (times: readonly number[] = []) => new Set(times.map((time) => Math.ceil(time / interval)));
  return [...servers[0]!.keys()].flatMap((key) => {
    const [first, ...others] = servers.map((server) => intervals(server.get(key)));
    const kept = intervals(engine.get(key));
    return [...first!]
      .filter((one) => others.every((other) => other.has(one)) && !kept.has(one))
      .map((one) => `${key} at ${new Date(one * interval).toISOString()}`);
  });
}
