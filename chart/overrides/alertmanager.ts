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
  priorityClass,
  pullSecrets,
  registrySetting,
  replicaCount,
  resourceRows,
  setAvailability,
} from "./forms";
import { serviceRows, storageClass } from "./server";
import { forbidden, type Row, movedToSetting, reserved } from "../legacy/key-translation";
import { isMap, listOf, valueAt } from "../../validation/plain-data";

const ownConfig = "it would replace this program's configuration, which would then never be read";
const ownNames = "Prometheus, the claim and the load balancer find Alertmanager by the chart's default name";
const ownVolume = "this program creates Alertmanager's volume, on the storage that `alerting:storage` selects";
const ownBudget = "this program sets it if there are several Alertmanagers";
const oneList = "your list would replace this program's, and Slack would get no messages";

const ownSetting = "a setting of this program controls it, and the two could contradict each other";
const notRules = "rules belong to Prometheus, and Alertmanager refuses this key";

/** The parts of Alertmanager's configuration that settings replace. A migration moves all of them at once. */
const language: readonly (readonly [key: string, reason: string, instead: string])[] = [
  ["receivers", oneList, "set `alerting:slack.channel` for Slack, and `alerting:alertmanager.receivers` for others"],
  ["inhibit_rules", ownSetting, "set `alerting:alertmanager.inhibitRules` instead"],
  ["time_intervals", ownSetting, "set `alerting:alertmanager.timeIntervals` instead"],
  ["mute_time_intervals", ownSetting, "set `alerting:alertmanager.timeIntervals` instead"],
  ["templates", "every file of `alertmanager.templates` is read already", "leave it out"],
  ["rule_files", notRules, "write the rules into `alerting:rules.groups`"],
  ["groups", notRules, "write them into `alerting:rules.groups`"],
  ["route.receiver", "Slack gets every alert that no route of `alerting:alertmanager.routes` takes", "leave it out"],
  ["route.routes", ownSetting, "set `alerting:alertmanager.routes` instead"],
  ["route.group_wait", ownSetting, "set `alerting:alerts.groupWait` instead"],
  ["route.group_interval", ownSetting, "set `alerting:alerts.groupInterval` instead"],
  ["route.repeat_interval", ownSetting, "set `alerting:alerts.repeatInterval` instead"],
  [
    "global.slack_api_url",
    "it is a secret, which Helm would store unencrypted",
    "run `pulumi config set --secret alerting:slackWebhookUrl`, and remove it from this file",
  ],
  ["global.slack_api_url_file", "this program creates the file from `alerting:slackWebhookUrl`", "leave it out"],
];

/** Whether a configuration of Alertmanager contains parts that are settings. */
export function hasLanguage(config: unknown): boolean {
  return language.some(([key]) => valueAt(config, key.split(".")) !== undefined);
}

/** Keys of the current chart that would disable or replace Alertmanager's built-in configuration. */
export const forbiddenAlertmanagerRows: readonly Row[] = [
  forbidden("alertmanager.enabled", "nobody would be notified of an alert", { when: isFalse }),
  forbidden("alertmanager.configMapOverrideName", ownConfig, { when: isFilled }),
  forbidden("alertmanager.configFromSecret", ownConfig, { when: isFilled }),
  forbidden("alertmanager.config.enabled", "this program's configuration would not be created", { when: isFalse }),
  forbidden("alertmanager.config.enabled", "this program's configuration is always created", {
    when: isTrue,
  }),
  ...language.map(([key, reason, instead]) =>
    reserved(`alertmanager.config.${key}`, reason, instead, (_, migration, path) => migration.drop(path, instead), {
      whole: true,
    }),
  ),
  forbidden('alertmanager.templates["slack.tmpl"]', "the message to Slack is values/slack.tmpl of this program", {
    instead: "give the file another name",
  }),
  forbidden("alertmanager.command", "it would replace Alertmanager's command", { when: isFilled }),
  ...["nameOverride", "fullnameOverride", "namespaceOverride"].map((key) =>
    forbidden(`alertmanager.${key}`, ownNames, { when: isSet }),
  ),
  replicaCount("alertmanager.replicaCount", "availability.alertmanagers", 3),
  forbidden("alertmanager.additionalPeers", "the chart names every Alertmanager of this stack already", {
    when: isFilledList,
  }),
  forbidden("alertmanager.podDisruptionBudget", ownBudget, { whole: true }),
  forbidden("alertmanager.topologySpreadConstraints", ownSpread, { when: isFilledList, instead: setAvailability }),
  forbidden("alertmanager.podAntiAffinity", ownSpread, { when: isSet, instead: setAvailability }),
  forbidden("alertmanager.service.clusterPort", "the network policies allow gossip at port 9094", {
    when: (value) => value !== 9094,
  }),
  forbidden('alertmanager.extraArgs["config.file"]', ownConfig),
  forbidden(
    'alertmanager.extraArgs["storage.path"]',
    "silences would be stored outside their volume, and be lost with the pod",
  ),
  forbidden(
    'alertmanager.extraArgs["cluster.peer-timeout"]',
    "it follows from `alerting:alerts.groupInterval`, so that no message is sent twice",
  ),
  forbidden('alertmanager.extraArgs["cluster.tls-config"]', "gossip is not encrypted (docs/availability.md)"),
  ...["listen-address", "advertise-address", "peer", "label"].map((flag) =>
    forbidden(
      `alertmanager.extraArgs["cluster.${flag}"]`,
      "Alertmanagers find each other by the chart's flags, and one that differs would send each message again",
      { when: (value) => flag !== "listen-address" || isSet(value), instead: setAvailability },
    ),
  ),
  movedToSetting('alertmanager.extraArgs["web.external-url"]', "alertmanager.externalUrl"),
  movedToSetting("alertmanager.baseURL", "alertmanager.externalUrl", (value) => (value === "/" ? undefined : value)),
  ...placement("alertmanager"),
  priorityClass("alertmanager"),
  pullSecrets("alertmanager.imagePullSecrets"),
  ...resourceRows("alertmanager.resources", "alertmanager.resources"),
  ...["podSecurityContext.fsGroup", "podSecurityContext.runAsUser", "podSecurityContext.runAsGroup"].map((key) =>
    ownUser(key),
  ),
  ...["securityContext.runAsUser", "securityContext.runAsGroup"].map((key) => ownUser(key)),
  reserved(
    "alertmanager.persistence.enabled",
    ownVolume,
    "set `alerting:storage.type` instead",
    (_, migration, path) => {
      if (valueAt(migration.settings, ["storage", "type"]) !== "none")
        migration.drop(path, "Alertmanager's data has the same storage as Prometheus'");
    },
    { when: isFalse },
  ),
  movedToSetting("alertmanager.persistence.size", "storage.alertmanagerSize"),
  storageClass("alertmanager.persistence.storageClass"),
  forbidden("alertmanager.persistence.accessModes", ownVolume, {
    when: (value) => listOf(value).join() !== "ReadWriteOnce",
  }),
  forbidden("alertmanager.persistence.emptyDir", ownVolume, {
    whole: true,
    when: (value) => isMap(value) && Object.keys(value).length > 0,
  }),
  ...serviceRows("alertmanager.service"),
  inClusterPort("alertmanager.service.port", 9093),
  ...registrySetting("alertmanager", "prometheus/alertmanager", "alertmanager"),
];

function ownUser(key: string): Row {
  return forbidden(`alertmanager.${key}`, `the data belongs to user and group ${dataUser}`, {
    when: (value) => value !== dataUser,
  });
}
