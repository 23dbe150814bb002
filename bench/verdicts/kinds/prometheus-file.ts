import { chartJobs } from "../../../chart/contract";
import { mergeValues } from "../../../validation/merge";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import { configKeys } from "../../../prometheus/config-keys";
import { discoveries, good } from "../../../test/fixtures/corpus/prometheus-file/values";
import { seeds } from "../corpus";
import { kind } from "../kind";
import { treeMutation, type Path } from "../trees";
import { type KindsBelow, kindsBelow, vocabularyOf } from "../vocabulary";
import { isMap } from "../../../validation/plain-data";

type Values = Readonly<Record<string, unknown>>;

/** The program's defaults for all jobs. */
const ours = { server: { global: { scrape_interval: "15s", scrape_timeout: "5s", evaluation_interval: "15s" } } };
const allChartJobs = chartJobs();
const types: KindsBelow = configKeys;

const known: KindsBelow = {
  ...kindsBelow(types),
  // The keys of a scrape job (`a` is a custom one), and of other maps in the chart's values.
  a: types["config.ScrapeConfig"]!,
  ...Object.fromEntries(Object.keys(allChartJobs).map((job) => [job, types["config.ScrapeConfig"]!])),
  remoteWrite: types["config.RemoteWriteConfig"]!,
  remoteRead: types["config.RemoteReadConfig"]!,
  global: types["config.GlobalConfig"]!,
  tsdb: types["config.TSDBConfig"]!,
  otlp: types["config.OTLPConfig"]!,
  exemplars: types["config.ExemplarsConfig"]!,
};

const ofChartJobs = Object.entries(allChartJobs).map(([job, config]) => ({ scrapeConfigs: { [job]: config } }));
const values = [
  ...[...good, ...discoveries].map(([, of]) => of),
  ...seeds<Values[]>("prometheus.yaml"),
  ...ofChartJobs,
].filter(({ scrapeConfigs = {} }) => Object.values(scrapeConfigs as Values).every(isMap));
const words = vocabularyOf(values, known);

/** Whether a value at this path may be changed. The first keys of a path and a job's `enabled` belong to the chart. */
const isFree = (path: Path) => path.length > (path[0] === "alertRelabelConfigs" ? 1 : 2) && path.at(-1) !== "enabled";

/**
 * The chart's jobs that the values override, and always `prometheus`: global settings are read together with each job.
 */
const jobsBelow = ({ scrapeConfigs }: Values) =>
  Object.fromEntries(
    Object.entries(allChartJobs).filter(([job]) => job === "prometheus" || Object.hasOwn(scrapeConfigs ?? {}, job)),
  );

export const prometheusFiles = kind<Values>({
  name: "scrape jobs and Prometheus' file",
  tool: "promtool check config",
  seeds: values,
  mutated: treeMutation(words, isFree),
  check: (of) => checkPrometheusFile(mergeValues(ours, of), jobsBelow(of)),
  file: (of) => rendered(mergeValues({ ...ours, scrapeConfigs: jobsBelow(of) }, of), of),
});

/** Prometheus' file as the chart renders it, with JSON for the values that it writes as YAML. */
function rendered({ server, scrapeConfigs, alertRelabelConfigs }: Values, of: Values): string {
  const { global, remoteWrite, remoteRead, otlp, tsdb, exemplars } = server as Values;
  const parts = {
    global,
    ...filled({ remote_write: remoteWrite, remote_read: remoteRead, otlp }),
    ...filled({ storage: filled({ tsdb, exemplars }), alerting: alertRelabelConfigs }),
  };
  const jobs = Object.entries(withoutDeleted(jobsBelow(of), scrapeConfigs as Values) as Record<string, Values>);
  return [
    ...Object.entries(parts).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    "scrape_configs:",
    ...jobs.flatMap(([name, { enabled = true, job_name, ...config }]) => {
      if (!isFilled(enabled)) return [];
      const lines = Object.entries(config).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
      return [
        `- job_name: ${isFilled(job_name) ? asGoPrints(job_name) : name}`,
        ...(lines.length > 0 ? lines : ["  {}"]),
      ];
    }),
    "",
  ].join("\n");
}

/** Whether Helm's templates treat a value as true. */
const isFilled = (value: unknown) =>
  Boolean(value) && (typeof value !== "object" || Object.keys(value as object).length > 0);
const filled = (parts: Values) => Object.fromEntries(Object.entries(parts).filter(([, value]) => isFilled(value)));

function asGoPrints(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asGoPrints).join(" ")}]`;
  if (isMap(value))
    return `map[${Object.entries(value)
      .map(([key, one]) => `${key}:${asGoPrints(one)}`)
      .join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Removes each key that is `null` in the values and that the chart defines. */
function withoutDeleted(below: unknown, merged: unknown): unknown {
  if (!isMap(below) || !isMap(merged)) return merged;
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([key, value]) => value !== null || !Object.hasOwn(below, key))
      .map(([key, value]) => [key, withoutDeleted(below[key], value)]),
  );
}
