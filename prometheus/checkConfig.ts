import { parse } from "yaml";
import { durationLength } from "../configuration/durations";
import { shown } from "../configuration/faults";
import { error, type Finding, warning, writtenPath } from "../configuration/finding";
import { keysOf, type Part, partsOf, schemaOf } from "./configSchema";
import { checkDiscovery } from "./discoveryRules";
import { checkClient, checkProxy, checkTls, isSet, reservedHeaders, together } from "./httpRules";
import { checkRelabelling } from "./relabelRules";
import { schemaFindings } from "./schemaFindings";
import { isMap, treeFindings } from "./tree";

type Path = readonly (string | number)[];
type Values = Readonly<Record<string, unknown>>;

/** Parts of Prometheus' file among the chart's values, each of one of Prometheus' own types. */
const parts: readonly (readonly [path: readonly string[], kind: string])[] = [
  [["server", "global"], "config.GlobalConfig"],
  [["server", "remoteWrite"], "[]config.RemoteWriteConfig"],
  [["server", "remoteRead"], "[]config.RemoteReadConfig"],
  [["server", "tsdb"], "config.TSDBConfig"],
  [["server", "exemplars"], "config.ExemplarsConfig"],
  [["server", "otlp"], "config.OTLPConfig"],
  [["alertRelabelConfigs"], "config.AlertingConfig"],
];

/**
 * Everything that Prometheus would refuse in the parts of its file that the chart's values hold; secrets in clear are
 * refused too. Checked as they will stand there: a job that has the name of one of `chartJobs` is laid over that.
 */
export function checkPrometheusFile(values: Values, chartJobs: Readonly<Record<string, unknown>> = {}): Finding[] {
  const server = isMap(values["server"]) ? values["server"] : {};
  const global = isMap(server["global"]) ? server["global"] : {};
  const remotes = (["remoteWrite", "remoteRead"] as const).flatMap((key) => twinFindings(server[key], ["server", key]));
  return [
    ...parts.flatMap(([path, kind]) =>
      checkPart(
        kind,
        path.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), values),
        path,
        global,
      ),
    ),
    ...remotes,
    ...checkJobs(values["scrapeConfigs"], chartJobs, global),
  ];
}

/** What is wrong with a value that is to be of a kind, on its own. What is below keys that are `theirs` is right already. */
function checkPart(
  kind: string,
  value: unknown,
  path: Path,
  global: Values,
  theirs: readonly string[] = [],
): Finding[] {
  if (value === undefined) return [];
  const tree = treeFindings(value).map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
  if (tree.length > 0) return tree;
  return [
    ...schemaFindings(schemaOf(kind), value, path),
    ...[...partsOf(kind, value, path)]
      .filter((part) => !theirs.includes(String(part.path[path.length])))
      .flatMap((part) => rulesOf(part, global)),
  ];
}

/** What keys of a part say against each other. */
function rulesOf(part: Part, global: Values): Finding[] {
  const { type, value, path } = part;
  const keys = keysOf[type]!;
  const scheme = global["metric_name_validation_scheme"];
  const wrong = (sentence: string, ...below: string[]) => [error([...path, ...below], sentence)];
  const common = [
    ...("basic_auth" in keys
      ? [...checkClient(value, path), ...typeFindings(value, path)]
      : "proxy_url" in keys
        ? checkProxy(value, path)
        : []),
    ...headerFindings(value, "http_headers", path),
    ...("headers" in keys ? headerFindings(value, "headers", path) : []),
  ];
  switch (type) {
    case "config.TLSConfig":
      return checkTls(value, path);
    case "relabel.Config":
      return checkRelabelling(part, scheme === "legacy");
    case "config.GlobalConfig":
      return [
        ...timeoutFindings(value, value, path),
        ...protocolFindings(value, path),
        ...nameFindings(value, value["metric_name_validation_scheme"], path),
        ...labelFindings(value, path),
      ];
    case "config.ScrapeConfig":
      return [
        ...common,
        ...timeoutFindings(value, global, path),
        ...protocolFindings(value, path),
        ...nameFindings(value, scheme, path),
        ...addressFindings(value, path),
      ];
    case "config.QueueConfig":
      return queueFindings(value, path);
    case "config.OTLPConfig":
      return otlpFindings(value, path, global);
    case "sigv4.SigV4Config":
      return isSet(value["external_id"]) && !isSet(value["role_arn"])
        ? wrong("is for a role that is not named; set `role_arn`.", "external_id")
        : [];
    case "azuread.AzureADConfig": {
      const ways = ["managed_identity", "workload_identity", "oauth", "sdk", "certificate"];
      return ways.some((way) => isSet(value[way]))
        ? together(value, ways, path)
        : wrong("says not who asks; set `workload_identity`, `managed_identity` or `sdk`.");
    }
    default:
      return [...common, ...checkDiscovery(part)];
  }
}

function checkJobs(jobs: unknown, chartJobs: Values, global: Values): Finding[] {
  const at = ["scrapeConfigs"];
  if (jobs === undefined) return [];
  const tree = treeFindings(jobs);
  if (tree.length > 0) return tree.map((finding) => ({ ...finding, path: [...at, ...finding.path] }));
  if (!isMap(jobs)) {
    const seen = Array.isArray(jobs) ? "is a list, as in charts before 28" : `got ${shown(jobs)}`;
    return [error(at, `${seen}; accepted: a map of jobs by name, such as \`my-job: {static_configs: [...]}\`.`)];
  }
  const names = new Map<string, string>();
  return Object.entries({ ...chartJobs, ...jobs }).flatMap(([job, written]) => {
    const path = [...at, job];
    const merged = overlaid(chartJobs[job], written);
    if (merged === null || (isMap(merged) && merged["enabled"] === false)) return [];
    if (!isMap(merged)) return schemaFindings(schemaOf("config.ScrapeConfig"), merged, path);
    const { enabled, job_name: given, ...config } = merged;
    const name = isSet(given) ? given : job;
    const scheme = config["metric_name_validation_scheme"] ?? global["metric_name_validation_scheme"];
    const around = { ...global, metric_name_validation_scheme: scheme };
    const twin = typeof name === "string" ? names.get(name) : undefined;
    names.set(String(name), job);
    // The chart's own is right; only its name counts.
    if (!Object.hasOwn(jobs, job)) return [];
    const below = isMap(chartJobs[job]) ? chartJobs[job] : {};
    const chartKeys = Object.keys(below).filter((key) => !isMap(written) || !(key in written));
    return [
      ...(enabled === undefined ? [] : schemaFindings(schemaOf("bool"), enabled, [...path, "enabled"])),
      ...checkPart(
        "config.ScrapeConfig",
        { ...config, ...(given !== undefined && { job_name: given }) },
        path,
        around,
        chartKeys,
      ).map((finding) => withoutChartKey(finding, chartKeys, path)),
      ...(twin === undefined
        ? []
        : [error(path, `has the job name ${shown(name)} of ${writtenPath([twin])}; give it one of its own.`)]),
      ...nameOfJobFindings(name, isSet(given) ? [...path, "job_name"] : path),
      ...idleFindings(config, path),
    ];
  });
}

/** Of what the chart's job has beside the user's key: how it is taken away. */
function withoutChartKey(finding: Finding, chartKeys: readonly string[], { length }: Path): Finding {
  const [, own] = /^sets (.*); one of them/.exec(finding.path.length === length ? finding.sentence : "") ?? [];
  const key = chartKeys.find((one) => own?.includes(`\`${one}\``));
  return key === undefined
    ? finding
    : {
        ...finding,
        sentence: `${finding.sentence}; the chart's job has \`${key}\`: write \`${key}: null\` beside yours.`,
      };
}

/** The chart's job with the user's over it, as Helm lays it: maps merge, lists replace, null takes a key away. */
function overlaid(below: unknown, above: unknown): unknown {
  if (!isMap(above)) return above;
  const under = isMap(below) ? below : {};
  const merged = { ...under, ...above };
  return Object.fromEntries(
    Object.entries(merged).flatMap(([key, value]) => {
      if (!Object.hasOwn(above, key)) return [[key, value]];
      return value === null && isMap(below) ? [] : [[key, isMap(value) ? overlaid(under[key], value) : value]];
    }),
  );
}

/** The chart writes a job's name without quotes. */
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

function idleFindings(config: Values, path: Path): Finding[] {
  if (Object.keys(config).length === 0)
    return [
      error(path, "has nothing in it, of which the chart makes no YAML; write its `static_configs` or the like."),
    ];
  return Object.keys(config).some((key) => key.endsWith("_configs") && !key.endsWith("relabel_configs"))
    ? []
    : [warning(path, "finds no targets: it has no static_configs, kubernetes_sd_configs or the like.")];
}

/** Names of destinations, which tell them apart. */
function twinFindings(list: unknown, path: Path): Finding[] {
  const names = new Map<unknown, number>();
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((item, index) => {
    const name = isMap(item) && isSet(item["name"]) ? item["name"] : undefined;
    const twin = names.get(name);
    if (name === undefined) return [];
    names.set(name, twin ?? index);
    return twin === undefined
      ? []
      : [error([...path, index, "name"], `is that of ${writtenPath([twin])} too; give it one of its own.`)];
  });
}

function timeoutFindings(value: Values, global: Values, path: Path): Finding[] {
  const own = value["scrape_interval"] ?? global["scrape_interval"] ?? "1m";
  if (!longer(value["scrape_timeout"], own)) return [];
  const whose =
    value["scrape_interval"] === undefined
      ? "that holds for all jobs (`alerts.scrapeInterval`); give this one a longer `scrape_interval`, or a shorter time"
      : "beside it; write a shorter time";
  return [
    error(
      [...path, "scrape_timeout"],
      `is ${shown(value["scrape_timeout"])}, longer than the scrape_interval of ${shown(own)} ${whose}.`,
    ),
  ];
}

function protocolFindings({ scrape_protocols: protocols }: Values, path: Path): Finding[] {
  if (!Array.isArray(protocols)) return [];
  return protocols.flatMap((protocol, index) =>
    protocols.indexOf(protocol) === index
      ? []
      : [error([...path, "scrape_protocols", index], `is ${shown(protocol)} a second time; remove it.`)],
  );
}

/** Names of labels that the old scheme does not have. */
function labelFindings(
  { external_labels: labels, metric_name_validation_scheme: scheme }: Values,
  path: Path,
): Finding[] {
  return Object.keys(scheme === "legacy" && isMap(labels) ? labels : {})
    .filter((name) => name !== "" && !/^[a-zA-Z_]\w*$/.test(name))
    .map((name) =>
      error(
        [...path, "external_labels", name],
        'is a name that the metric_name_validation_scheme "legacy" does not have; write letters, digits and "_" alone.',
      ),
    );
}

function nameFindings(value: Values, scheme: unknown, path: Path): Finding[] {
  return scheme === "legacy" && value["metric_name_escaping_scheme"] === "allow-utf-8"
    ? [
        error(
          [...path, "metric_name_escaping_scheme"],
          'is "allow-utf-8", which the metric_name_validation_scheme "legacy" does not allow; write "underscores".',
        ),
      ]
    : [];
}

/** Prometheus refuses a URL as a target, unless relabelling may make an address of it. */
function addressFindings(config: Values, path: Path): Finding[] {
  const { relabel_configs: steps, static_configs: groups } = config;
  if ((Array.isArray(steps) && steps.length > 0) || !Array.isArray(groups)) return [];
  return groups.flatMap((group: unknown, index) =>
    (isMap(group) && Array.isArray(group["targets"]) ? (group["targets"] as unknown[]) : []).flatMap((target, at) =>
      typeof target !== "string" || /^[^/\s]+$/.test(target)
        ? []
        : [
            error(
              [...path, "static_configs", index, "targets", at],
              `got ${shown(target)}; accepted: host and port, such as "db-1.example:9187"; scheme and path are \`scheme\` and \`metrics_path\`.`,
            ),
          ],
    ),
  );
}

function headerFindings(value: Values, key: "headers" | "http_headers", path: Path): Finding[] {
  const headers = value[key];
  return Object.keys(isMap(headers) ? headers : {})
    .filter((header) => reservedHeaders.has(header.toLowerCase()))
    .map((header) =>
      error(
        [...path, key, header],
        header.toLowerCase() === "authorization"
          ? "is set by `authorization` and `basic_auth`, which read it from a file."
          : "is a header that Prometheus sets itself; remove it.",
      ),
    );
}

function typeFindings({ authorization }: Values, path: Path): Finding[] {
  return isMap(authorization) && String(authorization["type"]).trim().toLowerCase() === "basic"
    ? [error([...path, "authorization", "type"], "is Basic, which has a key of its own: `basic_auth`.")]
    : [];
}

/** Prometheus' own, where a queue says nothing else. */
const queueDefaults = { min_shards: 1, max_shards: 50, min_backoff: "30ms", max_backoff: "5s" };

function queueFindings(queue: Values, path: Path): Finding[] {
  const whole: Values = { ...queueDefaults, ...queue };
  const findings = ["capacity", "min_shards", "max_shards", "max_samples_per_send"].flatMap((key) =>
    typeof queue[key] === "number" && queue[key] < 1
      ? [error([...path, key], `got ${queue[key]}; accepted: a number from 1 on.`)]
      : [],
  );
  const crossed = (lower: keyof typeof queueDefaults, upper: keyof typeof queueDefaults) => {
    const [low, high] = [shown(whole[lower]), shown(whole[upper])];
    if (queue[lower] === undefined)
      return error(
        [...path, upper],
        `is ${high}, less than the ${lower} of ${low}, which holds unless set; set it too.`,
      );
    const unlessSet = queue[upper] === undefined ? ", which holds unless set; set it too" : "";
    return error([...path, lower], `is ${low}, more than the ${upper} of ${high}${unlessSet}.`);
  };
  const { min_shards: min, max_shards: max } = whole;
  if (typeof min === "number" && typeof max === "number" && min > max && max > 0)
    findings.push(crossed("min_shards", "max_shards"));
  if (longer(whole["min_backoff"], whole["max_backoff"])) findings.push(crossed("min_backoff", "max_backoff"));
  return findings;
}

function otlpFindings(otlp: Values, path: Path, global: Values): Finding[] {
  const { promote_all_resource_attributes: all, translation_strategy: strategy } = otlp;
  const list = (key: string) => (Array.isArray(otlp[key]) ? (otlp[key] as unknown[]) : []);
  const [used, unused] =
    all === true
      ? (["ignore_resource_attributes", "promote_resource_attributes"] as const)
      : (["promote_resource_attributes", "ignore_resource_attributes"] as const);
  const findings: Finding[] = [];
  if (list(unused).length > 0)
    findings.push(
      error([...path, unused], `is for a promote_all_resource_attributes of ${all !== true}; remove it, or set that.`),
    );
  const names = list(used).map((name) => String(name).trim());
  names.forEach((name, index) => {
    if (name === "" || names.indexOf(name) < index)
      findings.push(
        error([...path, used, index], name === "" ? "is empty; remove it." : "is there already; remove it."),
      );
  });
  if (/^No/.test(String(strategy)) && global["metric_name_validation_scheme"] === "legacy")
    findings.push(
      error(
        [...path, "translation_strategy"],
        `is ${shown(strategy)}, which the metric_name_validation_scheme "legacy" does not allow; write "UnderscoreEscapingWithSuffixes".`,
      ),
    );
  return findings;
}

function longer(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return (durationLength(one) ?? 0) > (durationLength(other) ?? Infinity);
}
