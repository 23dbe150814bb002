import type { ChartValues } from "../chart/values";
import { hostOf } from "../settings/certificate";
import type { PageSettings } from "../settings/pages";
import type { ScrapeConfig } from "../prometheus/config-types";

/**
 * The Secret with the users that Prometheus and Alertmanager admit. Its name is fixed, so that its content can change
 * without a restart.
 */
export const webSecret = "alerting-web";
export const webDirectory = "/etc/alerting-web";
export const webFiles = {
  config: "web.yml",
  /** The file for Prometheus if Grafana has a user, whom Alertmanager must not accept: it could silence alerts. */
  withGrafana: "web-with-grafana.yml",
  certificate: "tls.crt",
  key: "tls.key",
} as const;

/** The Secret with which Prometheus itself signs in, at its own page and at Alertmanager's. */
export const webClientSecret = "alerting-web-client";
export const webClientDirectory = "/etc/alerting-web-client";
export const webClientFiles = { user: "username", password: "password", authority: "ca.crt" } as const;

/** Whether the pages have a password or a custom certificate; otherwise there is nothing to mount. */
export function isGuarded({ access, certificateIsSet }: Pick<PageSettings, "access" | "certificateIsSet">): boolean {
  return access.password || certificateIsSet === true;
}

/** Whether Grafana signs in at Prometheus' page with a user of its own. */
export function admitsGrafana({ access, dashboards }: Pick<PageSettings, "access" | "dashboards">): boolean {
  return access.password && dashboards.namespace !== undefined && dashboards.datasource;
}

/** How Prometheus signs in at a page: the fields that scrape jobs and the list of Alertmanagers share. */
function client({ access, certificateIsSet }: PageSettings, externalUrl: string | undefined) {
  const file = (name: keyof typeof webClientFiles) => `${webClientDirectory}/${webClientFiles[name]}`;
  return {
    ...(certificateIsSet && {
      scheme: "https" as const,
      // Prometheus connects to pods by their addresses, which are in no certificate.
      tls_config: {
        ca_file: file("authority"),
        ...(externalUrl !== undefined && { server_name: hostOf(externalUrl) }),
      },
    }),
    // Prometheus reads both files for every request, so a new password needs no restart.
    ...(access.password && { basic_auth: { username_file: file("user"), password_file: file("password") } }),
  };
}

/** The parts of the chart's values that decide who may open the pages of Prometheus and Alertmanager. */
export function webValues(settings: PageSettings) {
  const guarded = isGuarded(settings);
  const isSeveral = settings.availability.prometheus > 1;
  const extraArgs = (file: string): Readonly<Record<string, string>> =>
    guarded ? { "web.config.file": `${webDirectory}/${file}` } : {};
  // The volume has the name of the Secret, which a volume of the user is unlikely to have.
  const mount = (secretName: string, mountPath: string) => ({
    name: secretName,
    mountPath,
    secretName,
    readOnly: true,
  });
  const web = guarded ? [mount(webSecret, webDirectory)] : [];
  // The servers reload users and certificates while they run, but switch between HTTP and HTTPS only at their start.
  const restart = settings.certificateIsSet ? { podAnnotations: { "alerting-web/scheme": "https" } } : {};
  const ofAlertmanager = client(settings, settings.alertmanager.externalUrl);
  const ofPrometheus = client(settings, settings.prometheus.externalUrl);
  return {
    extraArgs: {
      server: extraArgs(admitsGrafana(settings) ? webFiles.withGrafana : webFiles.config),
      alertmanager: extraArgs(webFiles.config),
    },
    server: {
      // An HTTP probe would need the password, and the pod's manifest would show it.
      tcpSocketProbeEnabled: true,
      alertmanagers: [{ ...ofAlertmanager, ...ownAlertmanager(settings.namespace) }],
      ...restart,
      ...(guarded && { extraSecretMounts: [...web, mount(webClientSecret, webClientDirectory)] }),
    },
    alertmanager: { livenessProbe: tcpProbe, readinessProbe: tcpProbe, ...restart },
    /** Mounts to add to Alertmanager's other mounts. */
    alertmanagerMounts: web,
    scrapeConfigs: {
      ...((guarded || isSeveral) && {
        prometheus: { ...(isSeveral && scrapeOf(settings.namespace, isServer)), ...ofPrometheus },
      }),
      alertmanager: { enabled: true, ...scrapeOf(settings.namespace, isAlertmanager), ...ofAlertmanager },
    },
  };
}

/** The chart's default probe is HTTP, and Kubernetes refuses two types in one probe, so `null` deletes the HTTP one. */
const tcpProbe = { tcpSocket: { port: "http" }, httpGet: null } as unknown as NonNullable<
  ChartValues["alertmanager"]
>["livenessProbe"];

const podLabel = (name: string) => `__meta_kubernetes_pod_label_app_kubernetes_io_${name}`;
const podsOf = (namespace: string) => [{ role: "pod" as const, namespaces: { names: [namespace] } }];
const isPod = (label: "name" | "component", value: string, port: number) => [
  { source_labels: [podLabel(label)], regex: value, action: "keep" as const },
  { source_labels: ["__meta_kubernetes_pod_container_port_number"], regex: String(port), action: "keep" as const },
];
const isAlertmanager = isPod("name", "alertmanager", 9093);
const isServer = isPod("component", "server", 9090);

/**
 * The Alertmanager that Prometheus sends alerts to. The chart's default entry would also send the service account's
 * token.
 */
function ownAlertmanager(namespace: string) {
  return {
    kubernetes_sd_configs: podsOf(namespace),
    relabel_configs: [
      { source_labels: [podLabel("instance")], regex: "prometheus", action: "keep" },
      ...isAlertmanager,
    ],
  };
}

/**
 * A job for pods that the chart's own jobs do not scrape: it has none for Alertmanager, and its job for Prometheus
 * makes each server scrape only itself. Without the job, InstanceDown would not cover the pods.
 */
function scrapeOf(namespace: string, isWanted: typeof isServer): ScrapeConfig {
  return {
    kubernetes_sd_configs: podsOf(namespace),
    relabel_configs: [
      ...isWanted,
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
    ],
  };
}
