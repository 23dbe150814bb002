import type { ChartValues } from "../chart/values";
import { hostOf } from "../settings/certificate";
import type { PageSettings } from "../settings/pages";
import type { ScrapeConfig } from "../prometheus/config-types";

/** The Secret by which Prometheus and Alertmanager know whom to let in; its name is fixed, so that it changes without a restart. */
export const webSecret = "alerting-web";
export const webDirectory = "/etc/alerting-web";
export const webFiles = { config: "web.yml", certificate: "tls.crt", key: "tls.key" } as const;

/** The Secret by which Prometheus itself is let in, at its own page and at Alertmanager's. */
export const webClientSecret = "alerting-web-client";
export const webClientDirectory = "/etc/alerting-web-client";
export const webClientFiles = { user: "username", password: "password", authority: "ca.crt" } as const;

/** Whether the pages have a password or a custom certificate: only then there is anything to mount. */
export function isGuarded({ access, certificateIsSet }: Pick<PageSettings, "access" | "certificateIsSet">): boolean {
  return access.password || certificateIsSet === true;
}

/** How Prometheus is let in at a page: the part that scrape jobs and the list of Alertmanagers have in common. */
function client({ access, certificateIsSet }: PageSettings, externalUrl: string | undefined) {
  const file = (name: keyof typeof webClientFiles) => `${webClientDirectory}/${webClientFiles[name]}`;
  return {
    ...(certificateIsSet && {
      scheme: "https" as const,
      // Pods are reached by their addresses, which no certificate names.
      tls_config: {
        ca_file: file("authority"),
        ...(externalUrl !== undefined && { server_name: hostOf(externalUrl) }),
      },
    }),
    // Both are read again for every request, so that a new password needs no restart.
    ...(access.password && { basic_auth: { username_file: file("user"), password_file: file("password") } }),
  };
}

/** The parts of the chart's values that say who is let in at the pages of Prometheus and Alertmanager. */
export function webValues(settings: PageSettings) {
  const guarded = isGuarded(settings);
  const extraArgs: Readonly<Record<string, string>> = guarded
    ? { "web.config.file": `${webDirectory}/${webFiles.config}` }
    : {};
  // The volume is called like the Secret: a volume of the user's is hardly called so too.
  const mount = (secretName: string, mountPath: string) => ({
    name: secretName,
    mountPath,
    secretName,
    readOnly: true,
  });
  const web = guarded ? [mount(webSecret, webDirectory)] : [];
  // Users and certificates are read again while the servers run; whether it is TLS at all, only when they start.
  const restart = settings.certificateIsSet ? { podAnnotations: { "alerting-web/scheme": "https" } } : {};
  const ofAlertmanager = client(settings, settings.alertmanager.externalUrl);
  const ofPrometheus = client(settings, settings.prometheus.externalUrl);
  return {
    extraArgs,
    server: {
      // A probe by HTTP would need the password, and would show it in the pod.
      tcpSocketProbeEnabled: true,
      alertmanagers: [{ ...ofAlertmanager, ...ownAlertmanager(settings.namespace) }],
      ...restart,
      ...(guarded && { extraSecretMounts: [...web, mount(webClientSecret, webClientDirectory)] }),
    },
    alertmanager: { livenessProbe: tcpProbe, readinessProbe: tcpProbe, ...restart },
    /** Besides the mounts that Alertmanager has anyway. */
    alertmanagerMounts: web,
    scrapeConfigs: {
      ...(guarded && { prometheus: ofPrometheus }),
      alertmanager: { ...alertmanagerScrape(settings.namespace), ...ofAlertmanager },
    },
  };
}

/** The chart's own probe is by HTTP, and two kinds in one probe are refused: null deletes it. */
const tcpProbe = { tcpSocket: { port: "http" }, httpGet: null } as unknown as NonNullable<
  ChartValues["alertmanager"]
>["livenessProbe"];

const podLabel = (name: string) => `__meta_kubernetes_pod_label_app_kubernetes_io_${name}`;
const podsOf = (namespace: string) => [{ role: "pod" as const, namespaces: { names: [namespace] } }];
const isAlertmanager = [
  { source_labels: [podLabel("name")], regex: "alertmanager", action: "keep" as const },
  { source_labels: ["__meta_kubernetes_pod_container_port_number"], regex: "9093", action: "keep" as const },
];

/** Alertmanager as Prometheus sends to it. The chart's own entry would send the service account's token along. */
function ownAlertmanager(namespace: string) {
  return {
    kubernetes_sd_configs: podsOf(namespace),
    relabel_configs: [
      { source_labels: [podLabel("instance")], regex: "prometheus", action: "keep" },
      ...isAlertmanager,
    ],
  };
}

/** The chart scrapes every component but Alertmanager; without this job InstanceDown would not cover it. */
function alertmanagerScrape(namespace: string): ScrapeConfig {
  return {
    enabled: true,
    kubernetes_sd_configs: podsOf(namespace),
    relabel_configs: [
      ...isAlertmanager,
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
    ],
  };
}
