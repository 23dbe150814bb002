import { asContainers, budgetRow, environment, ingressHosts, mountRow, onlyTrees } from "./rows-forms";
import { yamlText } from "./key-paths";
import { migrateAlertmanager } from "./migrate-alertmanager";
import { gone, moved, type Row, migrated } from "./rows";
import { isMap } from "../../validation/plain-data";

const stateful = "it is a StatefulSet always, of one pod";
const policies = "Kubernetes has no pod security policies since 1.25";
const ownClaim = "this program makes Alertmanager's claim; alerting:storage says on what";
const reloader = "Alertmanager is started anew with a changed configuration, and no reloader stands beside it";

const alertmanagerYml =
  "today: the webhook by `pulumi config set --secret alerting:slackWebhookUrl`, the channel by `alerting:slack.channel`, " +
  "times by `alerting:alerts`, the rest by `alerting:alertmanager.receivers`, `.routes`, `.inhibitRules` and `.timeIntervals`";

/** What Alertmanager's values were called in charts 15 to 28: a Deployment of this chart's until 18, then a sub-chart. */
export const alertmanagerRows: readonly Row[] = [
  migrated(
    'alertmanagerFiles["alertmanager.yml"]',
    18,
    alertmanagerYml,
    (value, migration, path) =>
      migrateAlertmanager(typeof value === "string" ? yamlText(value) : value, migration, path),
    { whole: true },
  ),
  moved("alertmanagerFiles", 18, "alertmanager.templates", onlyTrees),
  moved("alertmanagerFiles.*", 18, "alertmanager.templates.*"),
  ...["existingClaim", "mountPath", "subPath", "selector", "volumeName", "volumeBindingMode"].map((key) =>
    gone(`alertmanager.persistentVolume.${key}`, 18, ownClaim),
  ),
  moved("alertmanager.persistentVolume", 18, "alertmanager.persistence", onlyTrees),
  moved("alertmanager.persistentVolume.annotations", 18, "alertmanager.persistence.annotations"),
  moved("alertmanager.persistentVolume.*", 18, "alertmanager.persistence.*"),
  moved("alertmanager.emptyDir.sizeLimit", 18, "alertmanager.persistence.emptyDir.sizeLimit"),
  migrated(
    "alertmanager.service.servicePort",
    18,
    "today it is `alertmanager.service.port`, and 9093, which this program's addresses rely on",
    (_, migration, path) => migration.drop(path, "Alertmanager answers on 9093, as this program's addresses say"),
  ),
  gone("alertmanager.service.clusterIP", 18, "its Service takes none"),
  gone("alertmanager.service.sessionAffinity", 18, "its Service takes none"),
  gone("alertmanager.service.enableMeshPeer", 18, stateful),
  gone("alertmanager.name", 18, "a sub-chart names its container itself"),
  gone("alertmanager.configFileName", 18, "the file is called alertmanager.yml"),
  gone("alertmanager.useClusterRole", 18, "Alertmanager asks nothing of the cluster"),
  gone("alertmanager.useExistingRole", 18, "Alertmanager asks nothing of the cluster"),
  gone("alertmanager.strategy", 18, stateful),
  gone("alertmanager.statefulSet.enabled", 18, stateful),
  gone("alertmanager.statefulSet.podManagementPolicy", 18, stateful),
  gone("alertmanager.statefulSet.labels", 18, stateful),
  gone("alertmanager.statefulSet.headless", 18, stateful),
  moved("alertmanager.deploymentAnnotations", 18, "alertmanager.statefulSet.annotations"),
  gone("alertmanager.podSecurityPolicy", 18, policies),
  gone("alertmanager.verticalAutoscaler", 18, "today it is alertmanager.verticalPodAutoscaler, of another form"),
  gone("alertmanager.hostNetwork", 18, "Alertmanager has a network of its own"),
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
  moved("alertmanager.securityContext.fsGroup", 18, "alertmanager.podSecurityContext.fsGroup"),
  moved("alertmanager.containerSecurityContext", 18, "alertmanager.securityContext"),
  gone("alertmanager.probeHeaders", 18, "Alertmanager is probed by TCP, which has no headers"),
  gone("alertmanager.clusterPeers", 18, "there is one Alertmanager, which listens to no peers"),
  migrated(
    "alertmanager.ingress.hosts",
    18,
    "today each is a host with its paths",
    (value, migration, path) => migration.value(path, ingressHosts(value)),
    { when: (value) => Array.isArray(value) && value.some((host) => typeof host === "string") },
  ),
  moved("alertmanager.ingress.extraLabels", 18, "alertmanager.ingress.labels"),
  moved("alertmanager.ingress.ingressClassName", 18, "alertmanager.ingress.className"),
  gone("alertmanager.ingress.path", 18, "today the paths are in alertmanager.ingress.hosts"),
  gone("alertmanager.ingress.pathType", 18, "today the paths are in alertmanager.ingress.hosts"),
  gone("alertmanager.ingress.extraPaths", 18, "today the paths are in alertmanager.ingress.hosts"),
  gone("alertmanager.ingress.servicePort", 18, "the Ingress leads to Alertmanager's one port"),
  gone("configmapReload.alertmanager", 18, reloader),
];
