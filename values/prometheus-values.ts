import { type AlertingRules, alertingRules } from "../alerts/alerting-rules";
import type { StackSettings } from "../settings/stack-settings";
import { defaultPriorityClass } from "../conventions/cluster-names";
import { alertmanagerConfig, messageTemplates } from "./alertmanager-config";
import { credentialsDirectory, credentialsSecret } from "../alertmanager/credentials";
import type { ChartValues } from "../chart/values";
import { controlPlaneJobs } from "./control-plane-jobs";
import { longTermValues } from "./long-term";
import { heartbeatDirectory, heartbeatSecret } from "./heartbeat-receiver";
import { inClusterPages } from "../settings/pages";
import { imageValues } from "./images";
import { everyTaint, masterTolerations, soonOffTolerations } from "../chart/placement";
import { nodeExporterSecurity, ownRole, podSecurityValues } from "../chart/pod-security";
import {
  alertmanagerForm,
  alertRelabeling,
  clusterFlags,
  placement,
  replicaLabel,
  serverForm,
  serverService,
  serverVolume,
} from "./replicas";
import { webhookDirectory, webhookSecret } from "./slack-receivers";
import { listOf } from "../validation/plain-data";
import { webValues } from "./web-values";

const smallResources = {
  requests: { cpu: "20m", memory: "32Mi" },
  limits: { cpu: "250m", memory: "128Mi" },
};
const stateMetricsResources = {
  requests: { cpu: "20m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};

/**
 * The interval of jobs for which the chart has 5m. That equals Prometheus' look-back, so a target that is down would
 * seem to be up between two scrapes.
 */
const slowJobs = {
  "kubernetes-service-endpoints-slow": { scrape_interval: "2m" },
  "kubernetes-pods-slow": { scrape_interval: "2m" },
} as const;

/** Labels that select the chart's pods. */
export const serverPods = {
  "app.kubernetes.io/name": "prometheus",
  "app.kubernetes.io/component": "server",
  "app.kubernetes.io/instance": "prometheus",
};
export const alertmanagerPods = {
  "app.kubernetes.io/name": "alertmanager",
  "app.kubernetes.io/instance": "prometheus",
};

/**
 * The chart's values for a stack's settings, before the override: plain data without secrets. `credentials` are the
 * names of the credentials that receivers besides Slack may use.
 */
export function prometheusValues(
  settings: StackSettings,
  credentials: readonly string[] = [],
  rules: AlertingRules = alertingRules(settings),
) {
  const { alerts, availability, images } = settings;
  const priorityClassName = settings.priorityClass ?? defaultPriorityClass;
  const pullSecrets =
    images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) };
  // If no workers are configured, the cluster may have only masters.
  const anywhere = { tolerations: settings.nodes.workers ? soonOffTolerations : masterTolerations };
  const web = webValues(settings);
  const form = serverForm(settings);
  const longTerm = longTermValues(settings, rules);
  return {
    ...pullSecrets,
    ...ownRole,
    // Prometheus watches its files itself (`config.auto-reload-interval` below). It needs no sidecar for this, and no
    // lifecycle API that anyone could call.
    configmapReload: { prometheus: { enabled: false } },
    server: {
      ...imageValues("prometheus", images),
      baseURL: settings.prometheus.externalUrl ?? inClusterPages(settings).prometheus,
      retention: settings.prometheus.retention,
      retentionSize: settings.prometheus.retentionSize,
      global: {
        scrape_interval: alerts.scrapeInterval,
        scrape_timeout: alerts.scrapeTimeout,
        evaluation_interval: alerts.evaluationInterval,
        external_labels: {
          cluster: settings.cluster,
          environment: settings.environment,
          ...replicaLabel(settings),
        },
      },
      extraFlags: ["config.auto-reload"],
      // After a restart of Prometheus, an alert that fired keeps firing if its `for` is at least the grace period. An
      // alert that has to wait again, as all with a `for` below the default of 10m would, is resolved by Alertmanager
      // after four minutes.
      extraArgs: {
        "config.auto-reload-interval": "30s",
        "rules.alert.for-grace-period": "1m",
        ...web.extraArgs.server,
      },
      ...form,
      ...placement(settings, availability.prometheus, serverPods, alertmanagerPods),
      priorityClassName,
      resources: podResources(settings.prometheus.resources),
      ...podSecurityValues.server,
      persistentVolume: serverVolume(settings),
      service: serverService(settings),
      ...web.server,
      ...joined(longTerm, { ...form, ...web.server }),
    },
    serverFiles: {
      "alerting_rules.yml": { groups: rules.groups.map(({ group }) => group) },
    },
    ...alertRelabeling(settings),
    scrapeConfigs: { ...web.scrapeConfigs, ...slowJobs, ...controlPlaneJobs(settings) },
    alertmanager: {
      enabled: true,
      ...imageValues("alertmanager", images),
      ...pullSecrets,
      ...alertmanagerForm(settings),
      baseURL: settings.alertmanager.externalUrl ?? inClusterPages(settings).alertmanager,
      config: alertmanagerConfig(settings),
      templates: messageTemplates(),
      // Silences are kept in memory and written at this interval, by default every 15 minutes: a hard kill loses the
      // newer ones. The feature flag adds the receiver's name to metrics, so that a drill can distinguish receivers of
      // the same type.
      extraArgs: {
        ...clusterFlags(settings),
        "data.maintenance-interval": "5s",
        "enable-feature": "receiver-name-in-metrics",
        ...web.extraArgs.alertmanager,
      },
      // The Secret is mounted as a directory: with a `subPath`, a rotated webhook would never arrive.
      extraSecretMounts: [
        { name: "slack-webhook", mountPath: webhookDirectory, secretName: webhookSecret, readOnly: true },
        ...heartbeatMount(settings),
        ...credentialsMount(credentials),
        ...web.alertmanagerMounts,
      ],
      ...placement(settings, availability.alertmanagers, alertmanagerPods, serverPods),
      priorityClassName,
      resources: podResources(settings.alertmanager.resources),
      ...podSecurityValues.alertmanager,
      persistence: alertmanagerVolume(settings.storage),
      service: { type: "ClusterIP" },
      ...web.alertmanager,
    },
    "prometheus-node-exporter": {
      enabled: true,
      ...imageValues("nodeExporter", images),
      ...pullSecrets,
      ...nodeExporterSecurity(settings.namespace),
      tolerations: everyTaint,
      priorityClassName,
      resources: smallResources,
    },
    "kube-state-metrics": {
      enabled: true,
      ...imageValues("kubeStateMetrics", images),
      ...pullSecrets,
      ...podSecurityValues["kube-state-metrics"],
      ...anywhere,
      priorityClassName,
      resources: stateMetricsResources,
    },
    "prometheus-pushgateway": {
      enabled: true,
      ...imageValues("pushgateway", images),
      ...pullSecrets,
      ...podSecurityValues["prometheus-pushgateway"],
      ...anywhere,
      priorityClassName,
      resources: smallResources,
    },
  } satisfies ChartValues;
}

/** Lists of values, each behind the list that is there already. An empty list is left out. */
function joined<Lists extends object>(lists: Lists | undefined, there: Readonly<Record<string, unknown>>) {
  const all = Object.entries(lists ?? {}).map(
    ([key, list]) => [key, [...listOf(there[key]), ...listOf(list)]] as const,
  );
  return Object.fromEntries(all.filter(([, list]) => list.length > 0)) as Partial<Lists>;
}

function heartbeatMount({ heartbeatIsSet }: StackSettings) {
  if (!heartbeatIsSet) return [];
  return [{ name: "heartbeat", mountPath: heartbeatDirectory, secretName: heartbeatSecret, readOnly: true }];
}

function credentialsMount(credentials: readonly string[]) {
  if (credentials.length === 0) return [];
  const mount = { name: "credentials", mountPath: credentialsDirectory, secretName: credentialsSecret, readOnly: true };
  return [mount];
}

function podResources(resources: StackSettings["prometheus"]["resources"]) {
  return {
    requests: { cpu: resources.cpu, memory: resources.memory },
    limits: { cpu: resources.cpuLimit, memory: resources.memoryLimit },
  };
}

function alertmanagerVolume(
  storage: StackSettings["storage"],
): NonNullable<ChartValues["alertmanager"]>["persistence"] {
  switch (storage.type) {
    case "efs":
      // With `-`, the storage class of the claim is `""`, as in the volume that this program creates for it.
      return { enabled: true, storageClass: "-", accessModes: ["ReadWriteOnce"], size: storage.alertmanagerSize };
    case "storageClass":
      return {
        enabled: true,
        storageClass: storage.storageClass,
        accessModes: ["ReadWriteOnce"],
        size: storage.alertmanagerSize,
      };
    case "none":
      return { enabled: false };
    default:
      return storage.type satisfies never;
  }
}
