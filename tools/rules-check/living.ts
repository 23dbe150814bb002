import { milliseconds } from "../../validation/durations";
import { NoAnswer } from "../stack/servers/http";
import type { Answered, Peers } from "../stack/servers/peers";
import { type LoadedGroup, PrometheusApi, type Sample } from "../stack/servers/prometheus-api";

/** The most series that one question returns. */
export const mostSeries = 1000;
/** In how many steps the time of retention is searched for the last sample of a metric. */
const steps = 5000;
/** How long Prometheus may take for one answer; it ends a query itself after two minutes. */
const patienceMs = 30_000;
/** The status of an expression that cannot be executed. */
const notExecutable = 422;

/** What the check asks of the running Prometheus. Two servers are asked as one: what one of them has is there. */
export class Living {
  constructor(
    private readonly peers: Pick<Peers, "ask">,
    /** How far back samples are searched, in seconds. */
    private readonly retention: number,
    private readonly signal: AbortSignal,
  ) {}

  /** The names of the metrics that have had samples: lately (within hours), and within the retention. */
  public async metricNames(): Promise<{ readonly recent: string[]; readonly ever: string[] }> {
    const now = Date.now() / 1000;
    // Prometheus looks back this far by default.
    const recent = await this.ask((api) => api.metricNames(now - 300));
    const ever = await this.ask((api) => api.metricNames(now - this.retention));
    return { recent: union(recent), ever: union(ever) };
  }

  /** How the series of a metric, or of a selector, differ in some labels. */
  public async series(selector: string, labels: readonly string[]): Promise<Sample[]> {
    const by = labels.map(quotedLabel).join(", ");
    return (await this.ask((api) => api.query(`count by (${by}) (${selector})`, mostSeries))).flatMap(answers);
  }

  public async labelNames(selector: string): Promise<string[]> {
    return union(await this.ask((api) => api.labelNames(selector, Date.now() / 1000 - 300)));
  }

  /** When a metric that is no longer there had its last sample, in seconds; undefined if that is not known. */
  public async lastSeen(selector: string): Promise<number | undefined> {
    const end = Math.floor(Date.now() / 1000);
    const step = Math.max(Math.ceil(this.retention / steps), 1);
    const expression = `count(present_over_time(${selector}[${step}s]))`;
    // The last step has to end now.
    const start = end - Math.ceil(this.retention / step) * step;
    const all = await this.ask((api) => api.lastResult(expression, start, end, step));
    const known = all.flatMap(({ answer }) => answer ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  /** How many results an expression has, or why it cannot be evaluated. */
  public async results(expression: string): Promise<number | { readonly why: string }> {
    const all = await this.ask(async (api) => {
      try {
        return (await api.query(expression, mostSeries)).length;
      } catch (error) {
        // Any other status says nothing about the expression.
        if (!(error instanceof NoAnswer) || error.status !== notExecutable) throw error;
        return { why: error.message };
      }
    });
    const failure = all.map(({ answer }) => answer).find((answer) => typeof answer !== "number");
    return failure ?? Math.max(...all.map(({ answer }) => Number(answer)));
  }

  public async rules(): Promise<LoadedGroup[]> {
    return (await this.ask((api) => api.rules())).flatMap(answers);
  }

  /** The time between two scrapes of each job in milliseconds; of its slowest target if they differ. */
  public async scrapeIntervals(): Promise<ReadonlyMap<string, number>> {
    const intervals = new Map<string, number>();
    for (const { labels, scrapeInterval } of (await this.ask((api) => api.targets())).flatMap(answers)) {
      const length = milliseconds(scrapeInterval ?? "") ?? 0;
      const job = labels["job"] ?? "";
      intervals.set(job, Math.max(length, intervals.get(job) ?? 0));
    }
    return intervals;
  }

  private ask<T>(question: (api: PrometheusApi) => Promise<T>): Promise<Answered<T>[]> {
    return this.peers.ask(({ origin, authentication }) =>
      question(new PrometheusApi(origin, this.signal, authentication.access, patienceMs)),
    );
  }
}

const answers = <T>({ answer }: Answered<T[]>): T[] => answer;

function union(all: readonly Answered<string[]>[]): string[] {
  return [...new Set(all.flatMap(answers))];
}

/**
 * A label as PromQL writes it: names of other than the classic letters need quotes, which older servers do not know.
 */
export const quotedLabel = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
