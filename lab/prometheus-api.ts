import { z } from "zod";
import { type Access, getText } from "./web";

const labels = z.record(z.string(), z.string());
const targetSchema = z.looseObject({
  labels,
  scrapePool: z.string(),
  scrapeUrl: z.string(),
  health: z.string(),
  lastError: z.string(),
});
const alertSchema = z.looseObject({
  labels,
  annotations: labels,
  state: z.enum(["pending", "firing", "inactive", "unknown"]),
  activeAt: z.string(),
});
const answerOf = <T extends z.ZodType>(data: T) => z.looseObject({ status: z.literal("success"), data });
const targetsAnswer = answerOf(z.looseObject({ activeTargets: z.array(targetSchema) }));
const alertsAnswer = answerOf(z.looseObject({ alerts: z.array(alertSchema) }));

/** A target that Prometheus scrapes. */
export type Target = z.output<typeof targetSchema>;
/** An alert that pends or fires. */
export type ActiveAlert = z.output<typeof alertSchema>;

/** The part of Prometheus' HTTP API that the lab asks. */
export class PrometheusApi {
  constructor(
    private readonly origin: string,
    private readonly access: Access = {},
  ) {}

  public async targets(): Promise<Target[]> {
    return targetsAnswer.parse(JSON.parse(await this.get("/api/v1/targets?state=active"))).data.activeTargets;
  }

  public async alerts(): Promise<ActiveAlert[]> {
    return alertsAnswer.parse(JSON.parse(await this.get("/api/v1/alerts"))).data.alerts;
  }

  /** The answer's text. Throws a sentence when there is none. */
  public async get(path: string): Promise<string> {
    return getText(`${this.origin}${path}`, this.access);
  }
}
