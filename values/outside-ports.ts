import type { ChartValues } from "../chart/values";
import { ascending, isLoopback, isService, portOfUrl } from "../validation/url-ports";
import { listOf, mapOf } from "../validation/plain-data";

/** What a pod has to reach outside the cluster, besides what all pods of its kind reach. */
export interface Outside {
  /** TCP ports in ascending order, without duplicates. */
  readonly ports: readonly number[];
  /** Whether the pod signs requests to AWS. If so, it asks the instance's metadata service for credentials. */
  readonly asksInstance: boolean;
}

/** Keys with a URL that Alertmanager connects to; all other URLs are only text in messages. */
const connectedTo = new Set([
  ...["url", "api_url", "app_url", "webhook_url", "proxy_url", "token_url", "api_server"],
  ...["slack_api_url", "slack_app_url", "jira_api_url", "pagerduty_url", "opsgenie_api_url", "wechat_api_url"],
  ...["victorops_api_url", "telegram_api_url", "webex_api_url", "rocketchat_api_url", "mattermost_webhook_url"],
]);
/** Parts of a client's configuration that may contain the same keys. */
const clients = new Set(["http_config", "oauth2"]);
/** Service discoveries that ask AWS. */
const ofAws = new Set(["ec2", "lightsail"]);
/** Service discoveries that ask a cloud's API by https, and whose targets use port 80 by default. */
const clouds = new Set([
  ...ofAws,
  ...["azure", "digitalocean", "gce", "hetzner", "ionos", "linode", "ovhcloud", "scaleway", "stackit", "vultr"],
]);
/** Names that can be written in place of the ports of mail servers. */
const mailPorts: Readonly<Record<string, number>> = { smtp: 25, submission: 587, smtps: 465, submissions: 465 };

/**
 * The connections that Alertmanager opens with a configuration: https, and the ports of its receivers' URLs, mail
 * servers and proxies. `further` are ports that no configuration shows, for example those of URLs in Secrets.
 */
export function alertmanagerOutside(config: unknown, further: readonly number[]): Outside {
  const { receivers } = mapOf(config);
  return {
    ports: ascending([443, ...further, ...alertmanagerClients(config).flatMap(connectionPorts)]),
    asksInstance: listOf(receivers).some((receiver) => listOf(mapOf(receiver)["sns_configs"]).length > 0),
  };
}

/** Hosts in Alertmanager's configuration that are Services of the cluster, without duplicates. */
export function servicesCalled(config: unknown): string[] {
  const urls = alertmanagerClients(config).flatMap(connectionUrls);
  const hosts = urls.flatMap((url) => (portOfUrl(url) === undefined ? [] : new URL(url).hostname));
  return [...new Set(hosts.filter(isService))];
}

function alertmanagerClients(config: unknown): unknown[] {
  const { global, receivers } = mapOf(config);
  const integrations = listOf(receivers).flatMap((receiver) => Object.values(mapOf(receiver)).flatMap(listOf));
  return [global, ...integrations];
}

/** The connections outside the cluster and its nodes that the values let Prometheus open. */
export function prometheusOutside({ server, scrapeConfigs }: ChartValues): Outside {
  const remotes = [...listOf(server?.remoteWrite), ...listOf(server?.remoteRead)];
  const jobs = Object.values(mapOf(scrapeConfigs)).filter((job) => mapOf(job)["enabled"] !== false);
  const discoveries = jobs.flatMap((job) =>
    Object.entries(mapOf(job)).flatMap(([key, list]) =>
      key.endsWith("_sd_configs") ? listOf(list).map((client) => ({ kind: key.slice(0, -11), client })) : [],
    ),
  );
  const isSigned = remotes.some((one) => mapOf(one)["sigv4"] !== undefined);
  return {
    ports: ascending([
      // For the credentials of a role, the AWS SDK asks STS.
      ...(isSigned ? [443] : []),
      ...[...remotes, ...jobs, ...discoveries.map(({ client }) => client)].flatMap(connectionPorts),
      ...jobs.flatMap(targetPorts),
      ...discoveries.flatMap(({ kind, client }) => discoveryPorts(kind, client)),
      ...proxyPorts(server?.env),
    ]),
    asksInstance: discoveries.some(({ kind }) => ofAws.has(kind)) || (isSigned && !hasToken(server?.env)),
  };
}

/** Whether the AWS SDK gets its credentials by a token in a file, and not from the instance. */
function hasToken(environment: unknown): boolean {
  return listOf(environment).some((variable) => mapOf(variable)["name"] === "AWS_WEB_IDENTITY_TOKEN_FILE");
}

/** Ports of the proxies in a container's environment. */
export function proxyPorts(environment: unknown): number[] {
  return listOf(environment).flatMap((variable) => {
    const { name, value } = mapOf(variable);
    return typeof name === "string" && /^https?_proxy$/i.test(name) ? addressPorts(value) : [];
  });
}

/** Ports of a service discovery's API, and ports of the targets that it finds. */
function discoveryPorts(kind: string, client: unknown): number[] {
  const { port, server, servers, host } = mapOf(client);
  const isCloud = clouds.has(kind);
  const ofTargets = typeof port === "number" ? [port] : isCloud ? [80] : [];
  return [...(isCloud ? [443] : []), ...ofTargets, ...[server, host, ...listOf(servers)].flatMap(addressPorts)];
}

/** The port of a URL, or of a host with a port. */
function addressPorts(address: unknown): number[] {
  if (typeof address !== "string") return [];
  const [, host, port] = /^(?:tcp:\/\/)?([^:/@]+):(\d+)$/.exec(address) ?? [];
  if (host === undefined) return [portOfUrl(address) ?? []].flat();
  return isLoopback(host) ? [] : [Number(port)];
}

/** Ports of the URLs and mail servers that a client's configuration names. */
function connectionPorts(client: unknown): number[] {
  const servers = Object.entries(mapOf(client)).filter(([key]) => key === "smarthost" || key === "smtp_smarthost");
  return [
    ...connectionUrls(client).flatMap((url) => portOfUrl(url) ?? []),
    ...servers.flatMap(([, server]) => (typeof server === "string" ? mailPort(server) : [])),
  ];
}

function connectionUrls(client: unknown): string[] {
  return Object.entries(mapOf(client)).flatMap(([key, value]) => {
    if (clients.has(key)) return connectionUrls(value);
    return connectedTo.has(key) && typeof value === "string" ? value : [];
  });
}

function mailPort(smarthost: string): number[] {
  const written = smarthost.slice(smarthost.lastIndexOf(":") + 1);
  const port = mailPorts[written] ?? Number(written);
  return Number.isInteger(port) && port > 0 ? [port] : [];
}

/**
 * Ports of static targets. A URL among them is ignored: it is not the address of a target, because relabeling sends it
 * to an exporter.
 */
function targetPorts(job: unknown): number[] {
  const { scheme, static_configs: statics } = mapOf(job);
  const usual = scheme === "https" ? 443 : 80;
  return listOf(statics)
    .flatMap((one) => listOf(mapOf(one)["targets"]))
    .flatMap((target) => {
      if (typeof target !== "string" || target.includes("/") || isLoopback(target.replace(/:\d+$/, ""))) return [];
      return Number(/:(\d+)$/.exec(target)?.[1] ?? usual);
    });
}
