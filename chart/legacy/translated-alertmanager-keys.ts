import { asContainers, budgetRow, environment, ingressHosts, mountRow } from "./translated-forms";
import { yamlText } from "./key-paths";
import { migrateAlertmanager } from "./migrate-alertmanager";
import { migrated, moved, type Row } from "./key-translation";
import { isMap } from "../../validation/plain-data";

const alertmanagerYml =
  "today: the webhook by `pulumi config set --secret alerting:slackWebhookUrl`, the channel by `alerting:slack.channel`, " +
  "times by `alerting:alerts`, the rest by `alerting:alertmanager.receivers`, `.routes`, `.inhibitRules` and `.timeIntervals`";

/**
 * Keys of Alertmanager that have another form today. Alertmanager was a Deployment of this chart until version 18, and
 * is a sub-chart since then.
 */
export const alertmanagerRows: readonly Row[] = [
  migrated(
    'alertmanagerFiles["alertmanager.yml"]',
    18,
    alertmanagerYml,
    (value, migration, path) =>
      migrateAlertmanager(typeof value === "string" ? yamlText(value) : value, migration, path),
    { whole: true },
  ),
  migrated(
    "alertmanager.service.servicePort",
    18,
    "today it is `alertmanager.service.port`, and 9093, which this program's addresses rely on",
    (_, migration, path) => migration.drop(path, "Alertmanager listens on 9093, which this program's addresses use"),
  ),
  migrated(
    "alertmanager.extraEnv",
    18,
    "today it is a list of names and values",
    (value, migration, path) => migration.value(path, environment(value)),
    { when: isMap, whole: true },
  ),
  budgetRow("alertmanager.podDisruptionBudget", 18, "alertmanager.podDisruptionBudget", {
    when: (value) => isMap(value) && "enabled" in value,
  }),
  moved("alertmanager.sidecarContainers", 18, "alertmanager.extraContainers", asContainers),
  mountRow("alertmanager.extraConfigmapMounts", 18, "alertmanager"),
  migrated(
    "alertmanager.ingress.hosts",
    18,
    "today each is a host with its paths",
    (value, migration, path) => migration.value(path, ingressHosts(value)),
    { when: (value) => Array.isArray(value) && value.some((host) => typeof host === "string") },
  ),
];
