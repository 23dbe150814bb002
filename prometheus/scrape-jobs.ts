import { parse } from "yaml";
import { shown } from "../validation/faults";
import { error, type Finding, type Path, warning, writtenPath } from "../validation/finding";
import { mergeValues } from "../validation/merge";
import { isMap, mapOf } from "../validation/plain-data";
import { got, wrongValue } from "../validation/wrong-value";

type Values = Readonly<Record<string, unknown>>;

/** A scrape job in its final form in the file. */
export interface Job {
  readonly key: string;
  readonly config: Values;
  /** Whether the user wrote any part of it. */
  readonly isOwn: boolean;
  /** The keys that only the chart's own job sets. */
  readonly chartKeys: readonly string[];
}

/** The jobs of the chart's values in their final form, and problems in them that Prometheus does not report. */
export function readJobs(written: unknown, chartJobs: Values): { jobs: Job[]; findings: Finding[] } {
  const at = ["scrapeConfigs"];
  if (!isMap(written)) {
    const sentence = `${got(written)}; accepted: a map of jobs by name, such as \`my-job: {static_configs: [...]}\`.`;
    return { jobs: [], findings: [error(at, sentence)] };
  }
  const names = new Map<unknown, string>();
  const jobs: Job[] = [];
  const findings: Finding[] = [];
  for (const [key, own] of Object.entries({ ...chartJobs, ...written })) {
    const path = [...at, key];
    if (own === null) continue;
    if (!isMap(own)) {
      findings.push(error(path, `${wrongValue(own, ["map"])}.`));
      continue;
    }
    const merged = mergeValues(mapOf(chartJobs[key]), own, { nullDeletes: true });
    const { enabled, job_name: given = "", ...config } = merged;
    if (enabled === false) continue;
    const name = given === "" ? key : given;
    const twin = names.get(name);
    names.set(name, key);
    const isOwn = Object.hasOwn(written, key);
    const chartKeys = Object.keys(mapOf(chartJobs[key])).filter((one) => !(one in own));
    jobs.push({ key, config: { ...config, job_name: name }, isOwn, chartKeys });
    if (!isOwn) continue;
    if (enabled !== undefined && typeof enabled !== "boolean")
      findings.push(error([...path, "enabled"], `${wrongValue(enabled, ["boolean"])}.`));
    if (twin !== undefined)
      findings.push(error(path, `has the job name ${shown(name)} of ${writtenPath([twin])}; give it another name.`));
    findings.push(
      ...nameOfJobFindings(name, name !== key ? [...path, "job_name"] : path),
      ...idleFindings(config, path),
      ...addressFindings(config, path),
    );
  }
  return { jobs, findings };
}

/** Reports job names that YAML would read as something else, because the chart writes a job's name without quotes. */
function nameOfJobFindings(name: unknown, path: Path): Finding[] {
  if (typeof name !== "string" || /^(?!null$)[A-Za-z][\w./-]*$/i.test(name)) return [];
  let read: unknown;
  try {
    read = (parse(`- job_name: ${name}\n  key: value\n`, { schema: "failsafe" }) as { job_name?: unknown }[])[0]
      ?.job_name;
  } catch {
    read = undefined;
  }
  return read === name && !/^(~|null|Null|NULL|)$/.test(name)
    ? []
    : [
        error(
          path,
          `got the name ${shown(name)}, which the chart writes without quotes, so that YAML reads something else; use letters, digits, "-", "_", "." and "/".`,
        ),
      ];
}

/** Reports parts of an address that Prometheus accepts, although no request to it can succeed. */
function addressFindings(config: Values, path: Path): Finding[] {
  const wrong = (key: string, form: RegExp, accepted: string) =>
    typeof config[key] !== "string" || form.test(config[key])
      ? []
      : [error([...path, key], `got ${shown(config[key])}; accepted: ${accepted}.`)];
  return [
    ...wrong("scheme", /^(https?)?$/, '"http", "https"'),
    ...wrong("metrics_path", /^(\/|$)/, 'a path such as "/metrics"'),
  ];
}

function idleFindings(config: Values, path: Path): Finding[] {
  if (Object.keys(config).length === 0)
    return [error(path, "is empty, and the chart writes no YAML for it; write its `static_configs` or the like.")];
  return Object.keys(config).some((key) => key.endsWith("_configs") && !key.endsWith("relabel_configs"))
    ? []
    : [warning(path, "finds no targets: it has no static_configs, kubernetes_sd_configs or the like.")];
}
