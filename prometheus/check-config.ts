import { type Finding, type Path, writtenPath } from "../validation/finding";
import { credentialHeader } from "../conventions/secret-forms";
import { configFindings } from "./config-findings";
import { configKeys } from "./config-keys";
import { type Job, readJobs } from "./scrape-jobs";
import { insteadOfSecret } from "./secret-keys";
import { secretFindings } from "./secret-findings";
import { everyValue, isMap, plainData, valueAt } from "../validation/plain-data";

type Values = Readonly<Record<string, unknown>>;

/** The parts of Prometheus' file that the chart's values contain, and the paths at which the chart writes them. */
const parts = Object.entries({
  "server.global": "global",
  "server.remoteWrite": "remote_write",
  "server.remoteRead": "remote_read",
  "server.tsdb": "storage.tsdb",
  "server.exemplars": "storage.exemplars",
  "server.otlp": "otlp",
  "server.alertmanagers": "alerting.alertmanagers",
  alertRelabelConfigs: "alerting",
}).map(([inValues, inFile]) => ({ inValues: inValues.split("."), inFile: inFile.split(".") }));

/**
 * Reports everything that Prometheus would refuse in the parts of its file that the chart's values contain, and secrets
 * in plain text. The parts are checked in their final form: a job with the name of one in `chartJobs` is merged over
 * it.
 */
export function checkPrometheusFile(values: Values, chartJobs: Values = {}): Finding[] {
  const written = parts.flatMap(({ inValues, inFile }) => {
    const value = valueAt(values, inValues);
    return value === undefined ? [] : [{ inValues, inFile, value }];
  });
  const { scrapeConfigs = {} } = values;
  const trees = [...written, { inValues: ["scrapeConfigs"], value: scrapeConfigs }].flatMap(({ inValues, value }) =>
    plainData(value).findings.map((finding) => ({ ...finding, path: [...inValues, ...finding.path] })),
  );
  if (trees.length > 0) return trees;
  const { jobs, findings } = readJobs(scrapeConfigs, chartJobs);
  const file: Record<string, unknown> = { scrape_configs: jobs.map(({ config }) => config) };
  for (const {
    inFile: [first, second],
    value,
  } of written) {
    const before = file[first!] as object | undefined;
    const part = second === undefined ? value : { [second]: value };
    file[first!] = before === undefined || !isMap(part) ? part : { ...before, ...part };
  }
  const known = secretFindings({ types: configKeys, headerFile: "files", fillsIn: false }, file);
  const judged = configFindings("prometheus", file, {
    known,
    clear: clearHeaders(file),
    insteadOfSecret: (path, keys) => insteadOfSecret(String(path.at(-1)), keys),
  });
  const placed = judged.map((finding) => inValues(finding, jobs));
  const reported = new Set(
    findings.flatMap(({ severity, path }) => (severity === "error" ? [writtenPath(path), "scrapeConfigs"] : [])),
  );
  return [...findings, ...placed.filter(({ path }) => !reported.has(writtenPath(path)))];
}

/** Converts a finding in the file to the path in the chart's values where the user wrote the value. */
function inValues(finding: Finding, jobs: readonly Job[]): Finding {
  const { path, sentence } = finding;
  if (path.length === 0) return { ...finding, path: ["server"] };
  if (path[0] === "scrape_configs") {
    const job = jobs[Number(path[1])];
    if (job === undefined) return { ...finding, path: ["scrapeConfigs"] };
    const { key, isOwn, chartKeys } = job;
    // The chart's own job is valid, so the problem is in the settings for all jobs.
    if (!isOwn) return { ...finding, path: ["server", "global"] };
    const [said = ""] = sentence.split(";");
    const theirs = path.length > 2 ? undefined : chartKeys.find((one) => new RegExp(`\\b${one}\\b`).test(said));
    const more =
      theirs === undefined ? "" : ` The chart's job has \`${theirs}\`: write \`${theirs}: null\` beside yours.`;
    return { ...finding, path: ["scrapeConfigs", key, ...path.slice(2)], sentence: `${sentence}${more}` };
  }
  const found = parts.find(({ inFile }) => inFile.every((part, at) => part === path[at]));
  return found === undefined ? finding : { ...finding, path: [...found.inValues, ...path.slice(found.inFile.length)] };
}

/** Paths of proxy headers that are not credentials: Prometheus treats every proxy header as a secret. */
function clearHeaders(file: unknown): Path[] {
  const isProxyHeader = (path: Path, value: unknown) => path.at(-1) === "proxy_connect_header" && isMap(value);
  const isCredential = (name: string) => credentialHeader.test(name);
  return [...everyValue(file, [], isProxyHeader)]
    .filter(({ path, value }) => isProxyHeader(path, value) && !Object.keys(value as object).some(isCredential))
    .map(({ path }) => path);
}
