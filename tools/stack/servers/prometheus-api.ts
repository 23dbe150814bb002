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
  lastScrape: z.string(),
  /** The duration of the last scrape in seconds. */
  lastScrapeDuration: z.number().default(0),
});
const alert = z.object({ labels, state: z.string(), activeAt: z.string() });
const answerOf = <T extends z.ZodType>(data: T) => z.object({ status: z.literal("success"), data });
const targetsAnswer = answerOf(z.object({ activeTargets: z.array(target) }));
const alertsAnswer = answerOf(z.object({ alerts: z.array(alert) }));
const scalarAnswer = answerOf(z.object({ result: z.tuple([z.number(), z.string()]) }));

export type Target = z.output<typeof target>;
export type RuleAlert = z.output<typeof alert>;

/** The part of Prometheus' API that a drill with a node uses. */
export class PrometheusApi {
  constructor(
    private readonly origin: string,
    private readonly signal?: AbortSignal,
    private readonly access: Access = {},
  ) {}

  public async targets(): Promise<Target[]> {
    return (await this.get("/api/v1/targets?state=active", targetsAnswer)).data.activeTargets;
  }

  /** Alerts that are pending or firing. */
  public async alerts(): Promise<RuleAlert[]> {
    return (await this.get("/api/v1/alerts", alertsAnswer)).data.alerts;
  }

  /** How many milliseconds its clock is ahead of this machine's. */
  public async clockAhead(): Promise<number> {
    const asked = Date.now();
    const { data } = await this.get("/api/v1/query?query=time()", scalarAnswer);
    return Number(data.result[1]) * 1000 - (asked + Date.now()) / 2;
  }

  private get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    return askFor("Prometheus' API", schema, this.origin, path, { signal: this.signal, access: this.access });
  }
}
