import { z } from "zod";
import { askFor } from "./http";
import type { Access } from "../web/access";

const labels = z.record(z.string(), z.string());
const target = z.object({
  labels,
  discoveredLabels: labels.default({}),
  scrapeUrl: z.string(),
  health: z.string(),
  lastError: z.string().default(""),
  /** The time between two scrapes, such as `15s`. */
  scrapeInterval: z.string().optional(),
  lastScrape: z.string(),
  /** The duration of the last scrape in seconds. */
  lastScrapeDuration: z.number().default(0),
});
const alert = z.object({ labels, state: z.string(), activeAt: z.string() });
const answerOf = <T extends z.ZodType>(data: T) => z.object({ status: z.literal("success"), data });
const targetsAnswer = answerOf(z.object({ activeTargets: z.array(target) }));
const alertsAnswer = answerOf(z.object({ alerts: z.array(alert) }));
const namesAnswer = answerOf(z.array(z.string()));
const vectorAnswer = answerOf(
  z.object({ result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })) }),
);
const matrixAnswer = answerOf(
  z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
);
const rule = z.object({
  type: z.string(),
  name: z.string(),
  query: z.string(),
  health: z.string(),
  lastError: z.string().default(""),
  /** For an alert: `inactive`, `pending` or `firing`. */
  state: z.string().optional(),
  alerts: z.array(z.object({ state: z.string() })).default([]),
});
const rulesAnswer = answerOf(
  z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        /** The time between two evaluations, in seconds. */
        interval: z.number(),
        rules: z.array(rule),
      }),
    ),
  }),
);
const scalarAnswer = answerOf(z.object({ result: z.tuple([z.number(), z.string()]) }));

export type Target = z.output<typeof target>;
export type RuleAlert = z.output<typeof alert>;
/** A rule as Prometheus has loaded it. */
export type LoadedRule = z.output<typeof rule>;
export type LoadedGroup = z.output<typeof rulesAnswer>["data"]["groups"][number];
/** A series of a query's result. */
export type Sample = z.output<typeof vectorAnswer>["data"]["result"][number];

/** The part of Prometheus' API that the tools use. Moments and steps are in seconds. */
export class PrometheusApi {
  constructor(
    private readonly origin: string,
    private readonly signal?: AbortSignal,
    private readonly access: Access = {},
    private readonly patienceMs?: number,
  ) {}

  public async targets(): Promise<Target[]> {
    return (await this.get("/api/v1/targets?state=active", targetsAnswer)).data.activeTargets;
  }

  /** Alerts that are pending or firing. */
  public async alerts(): Promise<RuleAlert[]> {
    return (await this.get("/api/v1/alerts", alertsAnswer)).data.alerts;
  }

  /** The rules that are loaded, by group. */
  public async rules(): Promise<LoadedGroup[]> {
    return (await this.get("/api/v1/rules", rulesAnswer)).data.groups;
  }

  /** The names of the metrics of which there are samples since a moment. */
  public async metricNames(since: number): Promise<string[]> {
    return (await this.get(`/api/v1/label/__name__/values?start=${since}`, namesAnswer)).data;
  }

  /** The names of the labels of the series that a selector selects. */
  public async labelNames(selector: string, since: number): Promise<string[]> {
    return (await this.get(`/api/v1/labels?${query({ "match[]": selector, start: since })}`, namesAnswer)).data;
  }

  /** The result of an expression that yields a vector, at most `limit` series of it. */
  public async query(expression: string, limit: number): Promise<Sample[]> {
    return (await this.get(`/api/v1/query?${query({ query: expression, limit })}`, vectorAnswer)).data.result;
  }

  /** The last moment at which an expression had a result, in steps; undefined if it had none. */
  public async lastResult(expression: string, start: number, end: number, step: number): Promise<number | undefined> {
    const path = `/api/v1/query_range?${query({ query: expression, start, end, step })}`;
    const { data } = await this.get(path, matrixAnswer);
    const moments = data.result.map(({ values }) => values.at(-1)?.[0] ?? 0);
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  /** How many milliseconds its clock is ahead of this machine's. */
  public async clockAhead(): Promise<number> {
    const asked = Date.now();
    const { data } = await this.get("/api/v1/query?query=time()", scalarAnswer);
    return Number(data.result[1]) * 1000 - (asked + Date.now()) / 2;
  }

  private get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    const { signal, access, patienceMs } = this;
    return askFor("Prometheus' API", schema, this.origin, path, { signal, access, patienceMs });
  }
}

function query(parameters: Readonly<Record<string, string | number>>): string {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(texts).toString();
}
