import { ruleJobs } from "../../alerts/features";
import { dataUser } from "../placement";
import {
  inClusterPort,
  isFalse,
  isFilled,
  isFilledList,
  isSet,
  isTrue,
  ownSpread,
  placement,
  pullSecrets,
  registrySetting,
  replicaCount,
  resourceRows,
  setAvailability,
} from "./forms";
import { ruleGroupsOf } from "../legacy/migrate-rules";
import { forbidden, type Row, movedToSetting, reserved } from "../legacy/key-translation";
import { isMap, listOf } from "../../validation/plain-data";

const oneServer = "only one server may write to the data directory, and a second writer would corrupt it";
const ownNames = "this program's load balancers, claims and addresses rely on the chart's default names";
const ownConfig = "it would replace this program's configuration, which would then never be read";
const ownVolume = "this program creates Prometheus' volume, on the storage that `alerting:storage` selects";
const ownService = "the load balancers are Services of this program, and the chart's Service stays internal";
const ownFiles = "the chart writes Prometheus' configuration file, which names the rules and Alertmanager";

/** Keys of the current chart that would disable or replace the server's configuration. */
export const forbiddenServerRows: readonly Row[] = [
  forbidden("server.configMapOverrideName", ownConfig, { when: isFilled }),
  forbidden("server.configFromSecret", ownConfig, { when: isFilled }),
  forbidden("server.configPath", ownConfig),
  ...["server", "serviceAccounts.server"].map((key) =>
    forbidden(`${key}.automountServiceAccountToken`, "without its token Prometheus would find no target", {
      when: isFalse,
    }),
  ),
  forbidden(
    "rbac.create",
    "the chart's role for Prometheus reads every ConfigMap of the cluster; this program creates a narrower role",
    {
      when: isTrue,
    },
  ),
  forbidden("server.command", "it would replace Prometheus' command, including every flag", {
    when: isFilled,
  }),
  forbidden(
    "server.defaultFlagsOverride",
    "it would replace every flag, including the one that names the configuration",
    { when: isFilled },
  ),
  ...["nameOverride", "fullnameOverride", "server.fullnameOverride", "server.name"].map((key) =>
    forbidden(key, ownNames, { when: isFilled }),
  ),
  forbidden("forceNamespace", "everything is in one namespace", {
    instead: "set `alerting:namespace` instead",
    when: isFilled,
  }),
  replicaCount("server.replicaCount", "availability.prometheus", 2),
  forbidden("server.strategy.type", oneServer, { when: (value) => value !== "Recreate" }),
  forbidden("server.strategy.rollingUpdate", oneServer, { whole: true, when: (value) => value !== null }),
  forbidden("server.statefulSet.enabled", "the number of servers decides it", {
    when: isTrue,
    instead: setAvailability,
  }),
  ...["annotations", "labels", "podManagementPolicy", "headless", "pvcDeleteOnStsDelete", "pvcDeleteOnStsScale"].map(
    (key) =>
      forbidden(`server.statefulSet.${key}`, "only two servers are a StatefulSet, and it is this program's", {
        whole: true,
      }),
  ),
  forbidden("server.podDisruptionBudget", "this program sets it if there are two servers", { whole: true }),
  forbidden("server.topologySpreadConstraints", ownSpread, { when: isFilledList, instead: setAvailability }),
  forbidden("server.daemonSet.enabled", oneServer, { when: isTrue }),
  movedToSetting("server.retention", "prometheus.retention"),
  movedToSetting("server.retentionSize", "prometheus.retentionSize"),
  movedToSetting('server.extraArgs["storage.tsdb.retention.time"]', "prometheus.retention"),
  movedToSetting('server.extraArgs["storage.tsdb.retention"]', "prometheus.retention"),
  movedToSetting('server.extraArgs["storage.tsdb.retention.size"]', "prometheus.retentionSize"),
  movedToSetting("server.baseURL", "prometheus.externalUrl"),
  movedToSetting('server.extraArgs["web.external-url"]', "prometheus.externalUrl"),
  forbidden('server.extraArgs["config.file"]', ownConfig),
  forbidden(
    'server.extraArgs["storage.tsdb.path"]',
    "the data would be stored outside its volume, and be lost with the pod",
  ),
  forbidden("server.storagePath", "the data would be stored outside its volume, and be lost with the pod", {
    when: isSet,
  }),
  reserved(
    "server.extraFlags",
    "a list replaces this program's, and without `config.auto-reload` no new rule would be read",
    "write `config.auto-reload` into it too",
    (value, migration, path) => {
      if (listOf(value).length > 0) migration.replace(path, ["config.auto-reload", ...listOf(value)]);
    },
    { when: (value) => !listOf(value).includes("config.auto-reload") },
  ),
  movedToSetting("server.global.scrape_interval", "alerts.scrapeInterval"),
  movedToSetting("server.global.scrape_timeout", "alerts.scrapeTimeout"),
  movedToSetting("server.global.evaluation_interval", "alerts.evaluationInterval"),
  movedToSetting("server.global.external_labels.cluster", "cluster"),
  movedToSetting("server.global.external_labels.environment", "environment"),
  ...resourceRows("server.resources", "prometheus.resources"),
  ...placement("server"),
  movedToSetting("server.priorityClassName", "priorityClass", undefined, {
    when: isSet,
    shared: "every pod's class",
  }),
  ...["runAsUser", "runAsGroup", "fsGroup"].map((key) =>
    forbidden(`server.securityContext.${key}`, `the data belongs to user and group ${dataUser}`, {
      when: (value) => value !== dataUser,
    }),
  ),
  forbidden("server.securityContext.runAsNonRoot", `the data belongs to user and group ${dataUser}`, { when: isFalse }),
  reserved(
    "server.persistentVolume.enabled",
    ownVolume,
    "set `alerting:storage.type` instead",
    (value, migration, path) => {
      if (value === false) migration.set("storage.type", "none", path);
    },
    { when: isFalse },
  ),
  movedToSetting("server.persistentVolume.size", "storage.serverSize"),
  storageClass("server.persistentVolume.storageClass"),
  forbidden("server.persistentVolume.existingClaim", ownVolume, {
    when: isSet,
    instead: "an existing EFS file system is `alerting:storage.fileSystemId`",
  }),
  forbidden("server.persistentVolume.accessModes", ownVolume, {
    when: (value) => listOf(value).join() !== "ReadWriteOnce",
  }),
  forbidden("server.persistentVolume.mountPath", ownVolume, { when: (value) => value !== "/data" }),
  forbidden("server.persistentVolume.subPath", ownVolume, { when: isSet }),
  ...["selector", "volumeName", "statefulSetNameOverride"].map((key) =>
    forbidden(`server.persistentVolume.${key}`, ownVolume, { whole: true, when: isSet }),
  ),
  ...serviceRows("server.service"),
  forbidden("server.service.enabled", "its in-cluster address is an output of this program", { when: isFalse }),
  inClusterPort("server.service.servicePort", 80),
  ...registrySetting("server", "prometheus/prometheus", "prometheus"),
  ...["configmapReload.reloadUrl", "configmapReload.env", "configmapReload.prometheus.*"].map((key) =>
    forbidden(key, "Prometheus reloads its files by itself, and no reloader runs beside it", {
      whole: true,
      when: (value) => !(key.endsWith("*") && value === false) && value !== "",
    }),
  ),
  pullSecrets("imagePullSecrets"),
  reserved(
    'serverFiles["alerting_rules.yml"]',
    "its list would replace this program's rules",
    "set `alerting:rules.groups` instead, which adds to them",
    (value, migration, path) => void ruleGroupsOf(value, migration, path),
    { whole: true },
  ),
  ...['["recording_rules.yml"]', ".rules", ".alerts"].map((file) =>
    reserved(
      `serverFiles${file}`,
      "rules belong in a setting, where they are checked",
      "set `alerting:rules.groups` instead",
      (value, migration, path) => void ruleGroupsOf(value, migration, path),
      { whole: true, when: (value) => file.includes("recording") || (isMap(value) && "groups" in value) },
    ),
  ),
  reserved(
    "ruleFiles.*",
    "a file that Prometheus' own file does not list is never read",
    "set `alerting:rules.groups` instead",
    (value, migration, path) => void ruleGroupsOf(value, migration, path),
    { whole: true },
  ),
  forbidden('serverFiles["prometheus.yml"].rule_files', ownFiles, {
    instead: "rules belong in `alerting:rules.groups`",
  }),
  forbidden('serverFiles["prometheus.yml"].alerting', ownFiles, { whole: true }),
  ...["storage", "tracing", "otlp", "runtime", "scrape_config_files"].map((key) =>
    forbidden(`serverFiles["prometheus.yml"].${key}`, ownFiles, {
      whole: true,
      instead: "the current keys are those of `server`",
    }),
  ),
  ...Object.entries(ruleJobs).flatMap(([job, reason]) => [
    forbidden(`scrapeConfigs.${job}`, reason, { when: (value) => value === null }),
    forbidden(`scrapeConfigs.${job}.enabled`, reason, {
      when: isFalse,
      instead: "keep the job, and drop unwanted series by its `metric_relabel_configs`",
    }),
    forbidden(`scrapeConfigs.${job}.job_name`, "built-in alerts select the job by its name", {
      when: (value) => value !== "" && value !== job,
    }),
  ]),
];

/** The row for a storage class, which EFS does not need. */
export function storageClass(key: string): Row {
  return reserved(
    key,
    ownVolume,
    "set `alerting:storage.type` and `alerting:storage.storageClass` instead",
    (value, migration, path) => {
      if (typeof value !== "string" || value === "" || value === "-" || /efs/i.test(value)) {
        migration.drop(path, "the volume is on EFS without a class, as alerting:storage.type is unless set");
        return;
      }
      migration.set("storage.type", "storageClass", path);
      migration.set("storage.storageClass", value, path);
      migration.drop(path, "alerting:storage is for Prometheus' volume and Alertmanager's");
    },
  );
}

/** Rows for the keys that expose a Service of the chart; this program exposes the pages by Services of its own. */
export function serviceRows(at: string): Row[] {
  const annotation = "service.beta.kubernetes.io/aws-load-balancer";
  return [
    forbidden(`${at}.type`, ownService, { when: (value) => value !== "ClusterIP" }),
    ...["loadBalancerIP", "loadBalancerClass", "externalTrafficPolicy", "nodePort", "externalIPs"].map((key) =>
      forbidden(`${at}.${key}`, ownService, {
        when: (value) => value !== "" && !(Array.isArray(value) && value.length === 0),
      }),
    ),
    reserved(
      `${at}.loadBalancerSourceRanges`,
      ownService,
      "set `alerting:loadBalancer.sourceRanges` instead",
      (value, migration, path) => {
        migration.add("loadBalancer.sourceRanges", listOf(value));
        migration.drop(path, "alerting:loadBalancer.sourceRanges is one list for every load balancer");
      },
      { when: isFilledList },
    ),
    reserved(
      `${at}.annotations`,
      ownService,
      "set `alerting:loadBalancer` instead",
      (value, migration, path) => {
        for (const [key, text] of Object.entries(value as Record<string, unknown>)) {
          if (!key.startsWith(annotation)) migration.value([...path, key], text);
          else if (!loadBalancer(key.slice(annotation.length + 1), text, migration, path)) {
            migration.drop([...path, key], ownService);
          }
        }
      },
      { whole: true, when: (value) => isMap(value) && Object.keys(value).some((key) => key.startsWith(annotation)) },
    ),
  ];
}

function loadBalancer(
  name: string,
  value: unknown,
  migration: Parameters<Row["migrate"]>[1],
  path: readonly string[],
): boolean {
  const text = String(value);
  if (name === "internal")
    migration.set("loadBalancer.scheme", text === "false" ? "internet-facing" : "internal", path);
  else if (name === "scheme") migration.set("loadBalancer.scheme", text, path);
  else if (name === "subnets" && text.split(",").every((one) => one.trim().startsWith("subnet-"))) {
    migration.add(
      "loadBalancer.subnetIds",
      text.split(",").map((one) => one.trim()),
    );
  } else if (name === "type" && text === "external") {
    migration.set("loadBalancer.controller", "aws-load-balancer-controller", path);
  } else return false;
  return true;
}
