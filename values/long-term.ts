import type { AlertingRules } from "../alerts/alerting-rules";
import { builtInAlert } from "../alerts/catalog";
import type { ChartValues } from "../chart/values";
import { readExpression } from "../prometheus/parsers/parsers";
import type { StackSettings } from "../settings/stack-settings";
import { isMap, listOf } from "../validation/plain-data";
import { dashboards } from "./dashboards/dashboards";
import { replica } from "./replicas";

type ServerValues = NonNullable<ChartValues["server"]>;

/** The name of the remote write in Prometheus' configuration and metrics. */
export const longTermName = "long-term";

/** The Secret with the credential of the engine, which only Prometheus mounts. */
export const longTermSecret = "alerting-long-term";
export const longTermKey = "credential";
const secretDirectory = "/etc/alerting-long-term";
const tokenDirectory = "/var/run/secrets/alerting-aws";

/** The workspace's id in the values until the workspace is created. */
const futureWorkspace = "ws-created-by-this-stack";

/** The URL to which Prometheus writes in a workspace of Amazon Managed Service for Prometheus. */
export function workspaceUrl(region: string, workspace: string): string {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://aps-workspaces.${region}.${domain}/workspaces/${workspace}/api/v1/remote_write`;
}

/** The region of the workspace. */
export function workspaceRegion({ longTerm, aws }: Pick<StackSettings, "longTerm" | "aws">): string {
  return longTerm.region ?? aws.region;
}

/** The values of the server's lists with which it sends its samples to the engine; undefined without an engine. */
export function longTermValues(settings: StackSettings, rules: AlertingRules) {
  const { longTerm } = settings;
  if (longTerm.engine === undefined) return undefined;
  const region = workspaceRegion(settings);
  const workspace = longTerm.workspace === "create" ? futureWorkspace : longTerm.workspace;
  const relabeling = [...(longTerm.keep === "used" ? [keepUsed(settings, rules)] : []), ...replicaRelabeling(settings)];
  const remote = {
    name: longTermName,
    url: longTerm.url ?? workspaceUrl(region, workspace!),
    ...login(settings),
    // A shard holds its capacity and two requests in memory. With Prometheus' own limits of 50 shards and 10000
    // samples, a slow engine would need more memory than the pod's limit leaves. Without `retry_on_http_429`, samples
    // would be lost that an engine refuses because they come too fast, as all those of an outage do afterwards.
    queue_config: {
      ...{ max_shards: longTerm.maxShards, capacity: 2000, max_samples_per_send: 1000 },
      retry_on_http_429: true,
    },
    ...(relabeling.length > 0 && { write_relabel_configs: relabeling }),
  };
  const isByToken = longTerm.signing === "token";
  return {
    remoteWrite: [remote],
    env: isByToken ? tokenEnvironment(longTerm.role!, region) : [],
    extraVolumes: isByToken ? [tokenVolume] : [],
    extraVolumeMounts: isByToken ? [{ name: tokenVolume.name, mountPath: tokenDirectory, readOnly: true }] : [],
    extraSecretMounts:
      longTerm.credential === undefined
        ? []
        : [{ name: longTermSecret, mountPath: secretDirectory, secretName: longTermSecret, readOnly: true }],
  } satisfies ServerValues;
}

/** How Prometheus signs in. It reads the credential's file for every request, so a new one needs no restart. */
function login(settings: StackSettings) {
  const { engine, role, signing, user, credential } = settings.longTerm;
  const file = `${secretDirectory}/${longTermKey}`;
  if (engine === "amp")
    return { sigv4: { region: workspaceRegion(settings), ...(signing === "node" && role && { role_arn: role }) } };
  if (credential === undefined) return {};
  return user === undefined
    ? { authorization: { credentials_file: file } }
    : { basic_auth: { username: user, password_file: file } };
}

/**
 * What makes one series of those of two servers. Amazon's engine and Mimir take the samples of one replica at a time,
 * which they know by `cluster` and `__replica__`; VictoriaMetrics wants equal labels, and Thanos removes the label when
 * it is queried (docs/long-term.md).
 */
function replicaRelabeling({ availability, longTerm }: StackSettings) {
  if (availability.prometheus === 1 || longTerm.engine === "thanos") return [];
  const drop = { regex: replica, action: "labeldrop" as const };
  return longTerm.engine === "victoria-metrics"
    ? [drop]
    : [{ source_labels: [replica], target_label: "__replica__" }, drop];
}

/** Keeps the metrics that rules and dashboards select, the alerts themselves, and those that the settings name. */
function keepUsed(settings: StackSettings, rules: AlertingRules) {
  const names = new Set(["up", "ALERTS", ...rules.groups.flatMap(({ group }) => metricsOf(group))]);
  if (settings.dashboards.namespace !== undefined) for (const name of metricsOfDashboards(settings)) names.add(name);
  const literal = [...names].filter((name) => name !== "").sort();
  const regex = [...literal.map(escaped), ...settings.longTerm.also].join("|");
  return { source_labels: ["__name__"], regex, action: "keep" as const };
}

/** A metric's name as a regular expression that matches only this name. */
const escaped = (name: string) => name.replaceAll(/[^\w:]/g, String.raw`\$&`);

/** The metrics that the rules of a group select. The user's group may be invalid, which other checks report. */
function metricsOf(group: unknown): string[] {
  return listOf(isMap(group) ? group["rules"] : []).flatMap((rule) => {
    const { alert, expr } = isMap(rule) ? rule : {};
    const { selectors } = builtInAlert(String(alert))?.facts ?? readExpression(typeof expr === "string" ? expr : "");
    return selectors.map(({ metric }) => metric);
  });
}

function metricsOfDashboards(settings: StackSettings): string[] {
  const targets = dashboards(settings).flatMap(({ json }) =>
    json.panels.flatMap((panel) => ("targets" in panel ? panel.targets : [])),
  );
  return targets.flatMap(({ expr }) => readExpression(expr).selectors.map(({ metric }) => metric));
}

/** The AWS SDK exchanges the token for credentials of the role, which trusts the cluster's service account issuer. */
function tokenEnvironment(role: string, region: string) {
  return [
    { name: "AWS_ROLE_ARN", value: role },
    { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: `${tokenDirectory}/token` },
    { name: "AWS_REGION", value: region },
  ];
}

const tokenVolume = {
  name: "alerting-aws-token",
  projected: {
    sources: [{ serviceAccountToken: { audience: "sts.amazonaws.com", expirationSeconds: 3600, path: "token" } }],
  },
};
