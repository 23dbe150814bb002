import type { LoadedGroup } from "../../tools/stack/servers/prometheus-api";
import { startHttpServer } from "./http-server";

type Labels = Readonly<Record<string, string>>;

/** What a fake Prometheus has. The test may change it. */
export interface FakeSeries {
  /** The series that are there, each with its name as the label `__name__`. */
  series: readonly Labels[];
  /** Metrics that are no longer there, with the moment of the last sample in seconds; 0 if it cannot be found. */
  past: Readonly<Record<string, number>>;
  groups: readonly LoadedGroup[];
  /** The time between two scrapes of each job, such as `15s`. */
  jobs: Labels;
  /** How many results each expression has; one that is not here has none. `error`: it cannot be executed. */
  results: Readonly<Record<string, number | "error">>;
}

export interface FakePrometheus extends FakeSeries {
  readonly origin: string;
  /** The paths and queries of all requests so far. */
  asked(): string[];
  stop(): void;
}

/** A server on loopback with the parts of Prometheus' API that the check of the rules uses. */
export async function fakePrometheus(has: Partial<FakeSeries> = {}): Promise<FakePrometheus> {
  const fake: FakeSeries = { series: [], past: {}, groups: [], jobs: {}, results: {}, ...has };
  const names = () => [...new Set(fake.series.map(({ __name__ }) => __name__ ?? ""))];
  const answers: Readonly<Record<string, (parameters: URLSearchParams) => unknown>> = {
    "/api/v1/label/__name__/values": (asked) =>
      Number(asked.get("start")) > Date.now() / 1000 - 3600 ? names() : [...names(), ...Object.keys(fake.past)],
    "/api/v1/labels": (asked) => [
      ...new Set(selected(fake.series, asked.get("match[]")!).flatMap((one) => Object.keys(one))),
    ],
    "/api/v1/rules": () => ({ groups: fake.groups }),
    "/api/v1/targets": () => ({
      activeTargets: Object.entries(fake.jobs).map(([job, scrapeInterval]) => ({
        ...{ labels: { job }, scrapeUrl: "http://target.example/metrics", health: "up" },
        ...{ lastScrape: "2026-01-01T00:00:00Z", scrapeInterval },
      })),
    }),
    "/api/v1/query": (asked) => {
      const limit = Number(asked.get("limit"));
      return { resultType: "vector", result: resultOf(fake, asked.get("query")!).slice(0, limit) };
    },
    "/api/v1/query_range": (asked) => {
      const [, name = ""] = /^count\(present_over_time\(\{__name__="(.+)"\}\[\d+s\]\)\)$/.exec(asked.get("query")!)!;
      const last = fake.past[name];
      const values =
        last === undefined || last === 0
          ? []
          : [
              [last - 60, "2"],
              [last, "1"],
            ];
      return { resultType: "matrix", result: values.length === 0 ? [] : [{ metric: {}, values }] };
    },
  };
  const { origin, requests, stop } = await startHttpServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://fake");
    if (pathname === "/-/ready") return response.end("OK");
    const answer = answers[pathname];
    if (answer === undefined) return response.writeHead(404).end();
    try {
      return response.end(JSON.stringify({ status: "success", data: answer(searchParams) }));
    } catch (error) {
      return response.writeHead(422).end(JSON.stringify({ status: "error", error: (error as Error).message }));
    }
  });
  return Object.assign(fake, { origin, stop, asked: () => requests.map(({ url }) => url!) });
}

function resultOf({ series, results }: FakeSeries, query: string): object[] {
  const [, by, selector] = /^count by \((.*?)\) \((\{.*\})\)$/s.exec(query) ?? [];
  const value = [0, "1"];
  if (by === undefined || selector === undefined) {
    const count = results[query] ?? 0;
    if (count === "error") throw new Error("found duplicate series");
    return Array.from({ length: count }, (_, index) => ({ metric: { instance: `${index}` }, value }));
  }
  const wanted = by.split(", ");
  const groups = selected(series, selector).map((labels) =>
    Object.fromEntries(Object.entries(labels).filter(([name]) => wanted.includes(name))),
  );
  return [...new Set(groups.map((one) => JSON.stringify(one)))].map((text) => ({
    metric: JSON.parse(text) as Labels,
    value,
  }));
}

/** The series that a selector of equality conditions and regular expressions selects. */
function selected(series: readonly Labels[], selector: string): Labels[] {
  const conditions = [...selector.matchAll(/([\w"]+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")/g)].map(
    ([, name = "", operator = "", value = ""]) => ({ name, operator, value: JSON.parse(value) as string }),
  );
  return series.filter((labels) =>
    conditions.every(({ name, operator, value }) => {
      const found = labels[name] ?? "";
      const isMatch = operator.endsWith("~") ? new RegExp(`^(?:${value})$`).test(found) : found === value;
      return isMatch !== operator.startsWith("!");
    }),
  );
}
