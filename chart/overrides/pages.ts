import { isFalse, isFilled, isSet, isTrue } from "./forms";
import { mounts as mountsOf } from "../legacy/translated-forms";
import { forbidden, type Row, reserved } from "../legacy/key-translation";
import { listOf } from "../../validation/plain-data";

const atRoot = "the page is at the root, as the load balancers and other components expect";
const ownAccess = "who may open the page is a setting";
const setAccess = { instead: "set `alerting:access` instead, and `alerting:certificate` for TLS" };
const ownProbe = "the pod is probed by TCP, because a probe by HTTP would need the password and show it in the pod";
const ownClient = "Prometheus signs in there with files of this program, whatever the password is";
const ownList = "a list replaces this program's, and the page would open without a password, or not at all";

/** Flags that enable an unprotected API, or that name a second web configuration file. */
const openFlags = ["web.enable-lifecycle", "web.enable-admin-api", "web.config.file"];
const isOpen = (flag: unknown) => typeof flag === "string" && openFlags.includes(flag.split("=")[0]!);
const opened = "anyone who may open the page could stop Prometheus, or delete what it has stored";

/** Keys of the current chart that would leave the pages unprotected, or lock this program out of them. */
export const forbiddenPageRows: readonly Row[] = [
  reserved(
    "server.extraFlags",
    opened,
    "leave `web.enable-lifecycle`, `web.enable-admin-api` and `web.config.file` out, and keep `config.auto-reload` in the list",
    (value, migration, path) => {
      const others = listOf(value).filter((flag) => !isOpen(flag) && flag !== "config.auto-reload");
      if (others.length > 0) migration.replace(path, ["config.auto-reload", ...others]);
      for (const flag of listOf(value).filter(isOpen)) migration.drop([...path, String(flag)], whyNot(String(flag)));
    },
    { when: (value) => listOf(value).some(isOpen) },
  ),
  ...["web.enable-lifecycle", "web.enable-admin-api"].map((key) => forbidden(`server.extraArgs["${key}"]`, opened)),
  ...["server", "alertmanager"].flatMap((server) => [
    forbidden(`${server}.prefixURL`, atRoot, { when: isSet }),
    ...["web.route-prefix", "web.listen-address"].map((key) => forbidden(`${server}.extraArgs["${key}"]`, atRoot)),
    forbidden(`${server}.extraArgs["web.config.file"]`, ownAccess, setAccess),
  ]),
  // Without the built-in entry, the chart adds an entry that sends the service account's token to Alertmanager.
  forbidden(
    "server.alertmanagers",
    "Prometheus would no longer find this program's Alertmanager, or could not sign in there",
  ),
  // NetworkPolicies add up: a connection that one policy allows cannot be denied by another.
  ...[
    "networkPolicy.enabled",
    "kube-state-metrics.networkPolicy.enabled",
    "prometheus-pushgateway.networkPolicy.allowAll",
  ].map((key) =>
    forbidden(key, "the chart's policy admits every pod and every address, whatever this program's policies deny", {
      instead: "leave it out, and set `alerting:networkPolicies`",
      when: isTrue,
    }),
  ),
  forbidden("server.tcpSocketProbeEnabled", ownProbe, { when: isFalse }),
  forbidden("server.probeHeaders", ownProbe, { when: isFilled }),
  forbidden("server.probeScheme", ownProbe, { when: (value) => value !== "HTTP" }),
  ...["livenessProbe", "readinessProbe"].flatMap((probe) =>
    ["httpGet", "exec", "grpc"].map((kind) =>
      forbidden(`alertmanager.${probe}.${kind}`, ownProbe, { whole: true, when: (value) => value !== null }),
    ),
  ),
  forbidden(
    "alertmanager.configmapReload.enabled",
    "the reloader has no password; Alertmanager is restarted when its configuration changes",
    { when: isTrue },
  ),
  ...["prometheus", "alertmanager"].flatMap((job) =>
    ["scheme", "basic_auth", "tls_config", "authorization", "oauth2", "bearer_token_file"].map((key) =>
      forbidden(`scrapeConfigs.${job}.${key}`, ownClient, { whole: true }),
    ),
  ),
  mounts("server", ownList),
  mounts("alertmanager", "a list replaces this program's, and without the webhook's file Slack gets no messages"),
];

/** Why a flag is not allowed, or what replaces it. */
function whyNot(flag: string): string {
  if (flag === "web.enable-lifecycle") return "Prometheus reloads its files by itself";
  if (flag === "web.enable-admin-api") return "anyone who may open the page could delete what Prometheus has stored";
  return `${ownAccess}; ${setAccess.instead}`;
}

/**
 * The row for Secrets that a pod mounts. The chart has two keys for such Secrets, and this program uses the other one.
 */
function mounts(server: string, reason: string): Row {
  return reserved(
    `${server}.extraSecretMounts`,
    reason,
    `write \`${server}.extraVolumes\` and \`${server}.extraVolumeMounts\` instead`,
    mountsOf(server),
  );
}
