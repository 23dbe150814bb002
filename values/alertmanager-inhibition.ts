import type { InhibitRule } from "../alertmanager/config";
import type { Settings } from "../settings/schema";
import type { Severity } from "../settings/sections/slack";
import { chartNames } from "../conventions/cluster-names";
import { drillAlert, nodeInhibitor } from "./alertmanager-routes";
import { watchdogAlert } from "./heartbeat-receiver";
import type { BuiltInEntry } from "./built-in-entry";

/** Matches `InstanceDown` of the kubelet, by the name of the chart's scrape job; `instance` is the name of the node. */
const kubelet = ['alertname="InstanceDown"', 'job="kubernetes-nodes"'];
const kubeletAndCadvisor = ['alertname="InstanceDown"', 'job=~"kubernetes-nodes|kubernetes-nodes-cadvisor"'];
const nodeExporter = ['alertname="InstanceDown"', 'app_kubernetes_io_name="prometheus-node-exporter"'];

const deadNode = [`alertname="${nodeInhibitor}"`];

/** Without this matcher, two alerts without a node would count as alerts of the same node. */
const onANode = 'node=~".+"';
const sameNode = ["cluster", "node"];
/** Excludes critical alerts, which no alert of another name mutes, and severities that this program does not know. */
const notCritical = 'severity=~"warning|info"';

/** Matches pods on a dead node; the node's kubelet and exporter are not among them. */
const podsDown = [
  'alertname="InstanceDown"',
  'job!~"kubernetes-nodes|kubernetes-nodes-cadvisor"',
  'app_kubernetes_io_name!="prometheus-node-exporter"',
  onANode,
];
/**
 * Matches other alerts about things on a node. Alerts about the node itself, `Node…`, are not muted: they may say why
 * it is down.
 */
const othersOnTheNode = [`alertname!~"InstanceDown|JobDown|Node.+|${drillAlert}"`, notCritical, onANode];

/** Matches `InstanceDown` of an Alertmanager. */
const alertmanagerDown = ['alertname="InstanceDown"', 'job="alertmanager"'];
/** Matches `RolloutStuck` of the Alertmanagers, such as when one has no pod. */
const alertmanagerStuck = ['alertname="RolloutStuck"', `statefulset="${chartNames.alertmanager}"`];
/** Matches alerts that compare the Alertmanagers, of which one is down or has no pod. */
const alertmanagersDiffer = ['alertname=~"AlertmanagerMembersMissing|AlertmanagerConfigDiffers"', notCritical];
const prometheusesDiffer = ['alertname="PrometheusTargetsDiffer"', notCritical];

/** The name of the rule that withholds the heartbeat. */
const withheld = "slack-failing-over-heartbeat";

/**
 * Labels that identify the object of an alert. A label that both alerts lack counts as equal. Alertmanager cannot
 * express "all labels but severity": without a label in this list, alerts that differ only in that label would mute
 * each other.
 */
export const sameThing = [
  ...["alertname", "cluster", "namespace", "job", "instance", "node", "pod", "container"],
  ...["mountpoint", "device", "persistentvolumeclaim"],
  ...["service", "deployment", "statefulset", "daemonset", "cronjob", "job_name"],
  ...["name", "host", "target", "path", "queue", "topic"],
];

type BuiltInRule = InhibitRule & { readonly name: string; readonly target_matchers: readonly string[] };

/**
 * The built-in inhibition rules. While an alert fires that matches the source, alerts that match the target and have
 * the same labels under `equal` are not sent. In each rule no alert is on both sides: Alertmanager keeps one source for
 * each set of equal labels, and if that source is on both sides too, it mutes nothing.
 *
 * A critical alert is muted only by an alert of the same name, with two exceptions, in which the source reports many
 * targets at once: `JobDown` mutes the `InstanceDown` of its job, and a dead node mutes the `InstanceDown` of its pods.
 * Two signs are needed to call a node dead, so that a kubelet that only refuses scrapes mutes nothing.
 */
const rules: readonly BuiltInRule[] = [
  {
    // The critical alert makes the warning redundant.
    name: "critical-over-warning",
    source_matchers: ['severity="critical"'],
    target_matchers: [notCritical, `alertname!="${drillAlert}"`],
    equal: sameThing,
  },
  {
    // The warning predicted that the disk would become almost full.
    name: "disk-almost-full-over-filling",
    source_matchers: ['alertname="NodeDiskAlmostFull"'],
    target_matchers: ['alertname="NodeDiskFilling"', notCritical, 'mountpoint=~".+"'],
    equal: ["cluster", "node", "instance", "mountpoint"],
  },
  {
    name: "disk-full-soon-over-filling",
    source_matchers: ['alertname="NodeDiskFullSoon"'],
    target_matchers: ['alertname="NodeDiskFilling"', notCritical, 'mountpoint=~".+"'],
    equal: ["cluster", "node", "instance", "mountpoint"],
  },
  {
    name: "volume-almost-full-over-filling",
    source_matchers: ['alertname="VolumeAlmostFull"'],
    target_matchers: ['alertname="VolumeFilling"', notCritical, 'persistentvolumeclaim=~".+"'],
    equal: ["cluster", "namespace", "persistentvolumeclaim"],
  },
  {
    // A node under pressure evicts pods until the pressure ends.
    name: "node-pressure-over-evicting",
    source_matchers: ['alertname="NodePressure"'],
    target_matchers: ['alertname="NodeEvicting"', notCritical, onANode],
    equal: sameNode,
  },
  {
    name: "certificate-expires-soon-over-expires",
    source_matchers: ['alertname="CertificateExpiresSoon"'],
    target_matchers: ['alertname="CertificateExpires"', notCritical],
    equal: ["cluster", "job"],
  },
  {
    // Sends one message for a job instead of one line for each of its targets.
    name: "job-down-over-instances",
    source_matchers: ['alertname="JobDown"'],
    target_matchers: ['alertname="InstanceDown"', 'job=~".+"'],
    equal: ["cluster", "job"],
  },
  {
    // The exporter and the kubelet are down together with the machine. The exporter's alert is sent, because it shows
    // the machine's address.
    name: "exporter-down-over-kubelet",
    source_matchers: nodeExporter,
    target_matchers: [...kubeletAndCadvisor, onANode],
    equal: sameNode,
  },
  {
    // The kubelet also serves cAdvisor's metrics. Without a node exporter this rule keeps the kubelet's alert.
    name: "kubelet-down-over-cadvisor",
    source_matchers: kubelet,
    target_matchers: ['alertname="InstanceDown"', 'job="kubernetes-nodes-cadvisor"', onANode],
    equal: sameNode,
  },
  {
    // The source fires before the first InstanceDown of the node.
    name: "dead-node-over-pods-down",
    source_matchers: deadNode,
    target_matchers: podsDown,
    equal: sameNode,
  },
  {
    name: "dead-node-over-others-on-the-node",
    source_matchers: deadNode,
    target_matchers: othersOnTheNode,
    equal: sameNode,
  },
  {
    // Corrupted data cannot be compacted.
    name: "storage-corrupted-over-compaction",
    source_matchers: ['alertname="PrometheusStorageCorrupted"'],
    target_matchers: ['alertname="PrometheusCompactionFailing"', notCritical],
    equal: ["cluster", "job", "instance"],
  },
  {
    // An alert about failing messages to Slack would itself go to Slack. Therefore this rule withholds the heartbeat,
    // and the external service notifies.
    name: withheld,
    source_matchers: ['alertname="NotificationsFailing"', 'integration="slack"'],
    target_matchers: [`alertname="${watchdogAlert}"`],
    equal: ["cluster"],
  },
];

/**
 * The inhibition rules about alerts that compare replicas of Alertmanager. Each alert on the left says more exactly
 * what is wrong.
 */
const alertmanagerReplicas: readonly BuiltInRule[] = [
  {
    name: "alertmanager-down-over-members",
    source_matchers: alertmanagerDown,
    target_matchers: alertmanagersDiffer,
    equal: ["cluster"],
  },
  {
    name: "alertmanager-stuck-over-members",
    source_matchers: alertmanagerStuck,
    target_matchers: alertmanagersDiffer,
    equal: ["cluster"],
  },
  {
    name: "reload-failed-over-config-differs",
    source_matchers: ['alertname="AlertmanagerReloadFailed"'],
    target_matchers: ['alertname="AlertmanagerConfigDiffers"', notCritical],
    equal: ["cluster"],
  },
  {
    // If no Alertmanager can send, the alerts about each of them are redundant.
    name: "none-can-send-over-one",
    source_matchers: ['alertname="NotificationsFailing"'],
    target_matchers: ['alertname="AlertmanagerCannotSend"', notCritical],
    equal: ["cluster", "integration"],
  },
];

/** The same for the replicas of Prometheus. */
const prometheusReplicas: readonly BuiltInRule[] = [
  {
    name: "discovery-failing-over-targets-differ",
    source_matchers: ['alertname="PrometheusDiscoveryFailing"'],
    target_matchers: prometheusesDiffer,
    equal: ["cluster"],
  },
  {
    name: "reload-failed-over-targets-differ",
    source_matchers: ['alertname="PrometheusReloadFailed"'],
    target_matchers: prometheusesDiffer,
    equal: ["cluster"],
  },
];

/** The severities that an alert of each severity may mute. A critical alert may mute all. */
const noWorse: Readonly<Record<Severity, readonly string[]>> = {
  critical: [],
  warning: ['severity=~"warning|info"'],
  info: ['severity="info"'],
};

/** The severities that settings give to built-in alerts, by name of the alert. */
export type SetSeverities = Readonly<Record<string, Severity>>;

/** The alert that is sent while the source fires, if the source itself is not sent. */
const sentInstead: Readonly<Record<string, string>> = { [nodeInhibitor]: "InstanceDown" };

/**
 * The built-in inhibition rules; the user's rules follow them. An alert whose severity was lowered mutes no higher
 * severity: during quiet hours, or in a channel that nobody watches, the alert might not be seen. The heartbeat has no
 * severity, so every alert may withhold it.
 */
export function builtInInhibitRules(
  { alertmanagers, prometheus }: Pick<Settings["availability"], "alertmanagers" | "prometheus">,
  severities: SetSeverities = {},
): BuiltInEntry<InhibitRule>[] {
  const loaded = [
    ...rules,
    ...(alertmanagers > 1 ? alertmanagerReplicas : []),
    ...(prometheus > 1 ? prometheusReplicas : []),
  ];
  return loaded.map((rule) => {
    const [, source = ""] = /^alertname="(\w+)"$/.exec(rule.source_matchers?.[0] ?? "") ?? [];
    const sent = sentInstead[source] ?? source;
    const isSet = Object.hasOwn(severities, sent) && rule.name !== withheld;
    const only = isSet ? noWorse[severities[sent]!] : [];
    const entry = { ...rule, target_matchers: [...rule.target_matchers, ...only] };
    return { entry, at: `the inhibition rule ${rule.name}` };
  });
}
