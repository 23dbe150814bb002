import { durationLength } from "../configuration/durations";
import { shown } from "../configuration/faults";
import { error, type Finding, warning, writtenPath } from "../configuration/finding";
import { regexFault } from "./parsers/parsers";
import { remoteWrite } from "./remoteWrite";
import { schemaFindings } from "./schemaFindings";
import { scrapeConfig } from "./scrapeConfig";
import { isMap, treeFindings } from "./tree";

type Path = readonly (string | number)[];
type Values = Record<string, unknown>;

const authentications = ["basic_auth", "authorization", "oauth2", "bearer_token_file", "sigv4"];
const httpDiscoveries = ["kubernetes_sd_configs", "http_sd_configs", "ec2_sd_configs"];
/** Headers that Prometheus sets itself, or has other keys for. */
const reservedHeaders = new Set([
  ...["authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"],
  ...["keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"],
  ...["x-prometheus-remote-write-version", "x-prometheus-remote-read-version"],
  ...["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"],
]);
/** Which objects each role of Kubernetes' discovery can select by. */
const selectorRoles: Readonly<Record<string, readonly string[]>> = {
  pod: ["pod", "node"],
  service: ["service"],
  endpoints: ["pod", "service", "endpoints"],
  endpointslice: ["pod", "service", "endpointslice"],
  node: ["node"],
  ingress: ["ingress"],
};

/**
 * Everything that Prometheus would refuse in the chart's `scrapeConfigs`, by job; secrets in clear are refused too.
 * A job that is one of `chartJobs` is laid over the chart's own, and keeps what is not written here.
 */
export function checkScrapeConfigs(jobs: unknown, chartJobs: readonly string[] = []): Finding[] {
  if (jobs === undefined) return [];
  const tree = treeFindings(jobs);
  if (tree.length > 0) return tree;
  if (!isMap(jobs)) {
    const seen = Array.isArray(jobs) ? "is a list, as in charts before 28" : `got ${shown(jobs)}`;
    return [error([], `${seen}; accepted: a map of jobs by name, such as \`my-job: {static_configs: [...]}\`.`)];
  }
  const names = new Map<string, string>();
  return Object.entries(jobs).flatMap(([job, config]) => {
    // The chart leaves out what is off, and what is empty.
    if (config === null || (isMap(config) && config["enabled"] === false)) return [];
    const findings = schemaFindings(scrapeConfig, config, [job]);
    if (!isMap(config)) return findings;
    const name = typeof config["job_name"] === "string" && config["job_name"] !== "" ? config["job_name"] : job;
    const twin = names.get(name);
    names.set(name, job);
    if (twin !== undefined)
      findings.push(error([job], `has the job name ${shown(name)} of ${writtenPath([twin])}; give it one of its own.`));
    return [
      ...findings,
      ...jobFindings(config, [job]),
      ...(chartJobs.includes(job) ? [] : idleFindings(config, [job])),
    ];
  });
}

/** Everything that Prometheus would refuse in a list of `remote_write`; secrets in clear are refused too. */
export function checkRemoteWrite(list: unknown): Finding[] {
  if (list === undefined) return [];
  const tree = treeFindings(list);
  if (tree.length > 0) return tree;
  if (!Array.isArray(list)) return [error([], "is no list; accepted: a list of destinations, each with its `url`.")];
  const names = new Map<string, number>();
  return list.flatMap((destination: unknown, index) => {
    const findings = schemaFindings(remoteWrite, destination, [index]);
    if (!isMap(destination)) return findings;
    const { name, queue_config: queue } = destination;
    const twin = typeof name === "string" ? names.get(name) : undefined;
    if (typeof name === "string") names.set(name, index);
    if (twin !== undefined)
      findings.push(error([index, "name"], `is that of ${writtenPath([twin])} too; give it one of its own.`));
    return [
      ...findings,
      ...clientFindings(destination, [index]),
      ...headerFindings(destination["headers"], [index, "headers"]),
      ...relabelFindings(destination, "write_relabel_configs", [index]),
      ...(isMap(queue) ? queueFindings(queue, [index, "queue_config"]) : []),
    ];
  });
}

function jobFindings(config: Values, path: Path): Finding[] {
  const findings = [
    ...clientFindings(config, path),
    ...relabelFindings(config, "relabel_configs", path),
    ...relabelFindings(config, "metric_relabel_configs", path),
  ];
  const { scrape_timeout: timeout, scrape_interval: interval } = config;
  if (longer(timeout, interval))
    findings.push(
      error(
        [...path, "scrape_timeout"],
        `is ${shown(timeout)}, longer than the scrape_interval of ${shown(interval)}.`,
      ),
    );
  findings.push(...addressFindings(config, path));
  for (const kind of httpDiscoveries)
    for (const [index, discovery] of mapsOf(config[kind]))
      findings.push(...clientFindings(discovery, [...path, kind, index]));
  for (const [index, discovery] of mapsOf(config["kubernetes_sd_configs"]))
    findings.push(...kubernetesFindings(discovery, [...path, "kubernetes_sd_configs", index]));
  for (const [index, { type, port }] of mapsOf(config["dns_sd_configs"])) {
    if (typeof type === "string" && type !== "SRV" && port === undefined)
      findings.push(
        error([...path, "dns_sd_configs", index], `has the type ${type} and no \`port\`; only SRV records have one.`),
      );
  }
  return findings;
}

function idleFindings(config: Values, path: Path): Finding[] {
  return Object.keys(config).some((key) => key.endsWith("_configs") && !key.endsWith("relabel_configs"))
    ? []
    : [warning(path, "finds no targets: it has no static_configs, kubernetes_sd_configs or the like.")];
}

/** Prometheus refuses a URL as a target, unless relabelling may make an address of it. */
function addressFindings(config: Values, path: Path): Finding[] {
  if (Array.isArray(config["relabel_configs"]) && config["relabel_configs"].length > 0) return [];
  return [...mapsOf(config["static_configs"])].flatMap(([index, { targets }]) =>
    (Array.isArray(targets) ? (targets as unknown[]) : []).flatMap((target, at) =>
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

function kubernetesFindings(discovery: Values, path: Path): Finding[] {
  const allowed = selectorRoles[String(discovery["role"])];
  const findings = [...mapsOf(discovery["selectors"])].flatMap(([index, { role }]) =>
    allowed === undefined || typeof role !== "string" || allowed.includes(role)
      ? []
      : [
          error(
            [...path, "selectors", index, "role"],
            `got ${shown(role)}; the role ${shown(discovery["role"])} selects by ${allowed.join(", ")}.`,
          ),
        ],
  );
  if (discovery["api_server"] !== undefined && discovery["kubeconfig_file"] !== undefined)
    findings.push(error(path, "has both `api_server` and `kubeconfig_file`; remove one."));
  return findings;
}

/** At most one way to say who asks, and a certificate with its key. */
function clientFindings(config: Values, path: Path): Finding[] {
  const used = authentications.filter((key) => config[key] !== undefined);
  const findings: Finding[] = [];
  if (used.length > 1) findings.push(error(path, `has ${used.join(" and ")}; Prometheus takes one of them.`));
  const { authorization, basic_auth: basic, tls_config: tls } = config;
  if (isMap(authorization) && String(authorization["type"]).trim().toLowerCase() === "basic")
    findings.push(error([...path, "authorization", "type"], "is Basic, which has a key of its own: `basic_auth`."));
  if (isMap(basic) && basic["username"] !== undefined && basic["username_file"] !== undefined)
    findings.push(error([...path, "basic_auth"], "has both `username` and `username_file`; remove one."));
  if (!isMap(tls)) return findings;
  for (const [text, file] of [
    ["ca", "ca_file"],
    ["cert", "cert_file"],
  ] as const) {
    if (tls[text] !== undefined && tls[file] !== undefined)
      findings.push(error([...path, "tls_config"], `has both \`${text}\` and \`${file}\`; remove one.`));
  }
  const hasCertificate = tls["cert"] !== undefined || tls["cert_file"] !== undefined;
  if (hasCertificate !== (tls["key_file"] !== undefined))
    findings.push(
      error(
        [...path, "tls_config"],
        `has a ${hasCertificate ? "certificate without `key_file`" : "`key_file` without `cert_file`"}.`,
      ),
    );
  return findings;
}

function headerFindings(headers: unknown, path: Path): Finding[] {
  return Object.keys(isMap(headers) ? headers : {})
    .filter((header) => reservedHeaders.has(header.toLowerCase()))
    .map((header) =>
      error(
        [...path, header],
        header.toLowerCase() === "authorization"
          ? "is set by `authorization`, `basic_auth` or `sigv4`, which read it from a file."
          : "is a header that Prometheus sets itself; remove it.",
      ),
    );
}

function queueFindings(queue: Values, path: Path): Finding[] {
  const findings: Finding[] = [];
  const { min_shards: min, max_shards: max, min_backoff: first, max_backoff: last } = queue;
  if (typeof min === "number" && typeof max === "number" && min > max)
    findings.push(error([...path, "min_shards"], `is ${min}, more than the max_shards of ${max}.`));
  if (longer(first, last))
    findings.push(
      error([...path, "min_backoff"], `is ${shown(first)}, longer than the max_backoff of ${shown(last)}.`),
    );
  return findings;
}

function relabelFindings(config: Values, key: string, path: Path): Finding[] {
  return [...mapsOf(config[key])].flatMap(([index, { regex }]) => {
    const fault = typeof regex === "string" ? regexFault(regex) : undefined;
    return fault === undefined
      ? []
      : [error([...path, key, index, "regex"], `got ${shown(regex)}, which Prometheus refuses: ${fault}.`)];
  });
}

function longer(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return (durationLength(one) ?? 0) > (durationLength(other) ?? Infinity);
}

/** The maps in a list, with their positions. */
function* mapsOf(list: unknown): Generator<[number, Values]> {
  if (Array.isArray(list)) for (const [index, item] of list.entries()) if (isMap(item)) yield [index, item];
}
