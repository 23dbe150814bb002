import type { InhibitRule } from "../alertmanager/config";
import type { Severity } from "../settings/sections/slack";
import { drillAlert, nodeInhibitor } from "./alertmanager-routes";
import { watchdogAlert } from "./heartbeat-receiver";
import type { BuiltInEntry } from "./built-in-entry";

/** Targets of the kubelet, as the chart's scrape jobs are called; their instance is the node's name. */
const kubelet = ['alertname="InstanceDown"', 'job="kubernetes-nodes"'];
const kubeletAndCadvisor = ['alertname="InstanceDown"', 'job=~"kubernetes-nodes|kubernetes-nodes-cadvisor"'];
const nodeExporter = ['alertname="InstanceDown"', 'app_kubernetes_io_name="prometheus-node-exporter"'];

const deadNode = [`alertname="${nodeInhibitor}"`];

/** Without this an alert that has no node would count as one of the same node as another without. */
const onANode = 'node=~".+"';
const sameNode = ["cluster", "node"];
/** Nothing critical is muted by an alert of another name, nor a severity that this program does not know. */
const notCritical = 'severity=~"warning|info"';

/** Pods on a node that do not answer; the node's own kubelet and exporter are not among them. */
const podsDown = [
  'alertname="InstanceDown"',
  'job!~"kubernetes-nodes|kubernetes-nodes-cadvisor"',
  'app_kubernetes_io_name!="prometheus-node-exporter"',
  onANode,
];
/** Other alerts about what is on a node. Those about the node itself, `Node…`, may say why it is down. */
const othersOnTheNode = [`alertname!~"InstanceDown|JobDown|Node.+|${drillAlert}"`, notCritical, onANode];

/** The rule that withholds the sign of life. */
const withheld = "slack-failing-over-heartbeat";

/**
 * Labels that say what an alert is about. One that both alerts lack counts as equal, and "all labels but severity" cannot
 * be said: a label that is not named here would not keep two things apart.
 */
export const sameThing = [
  ...["alertname", "cluster", "namespace", "job", "instance", "node", "pod", "container"],
  ...["mountpoint", "device", "persistentvolumeclaim"],
  ...["service", "deployment", "statefulset", "daemonset", "cronjob", "job_name"],
  ...["name", "host", "target", "path", "queue", "topic"],
];

/**
 * While an alert of the source fires, alerts of the target are not sent, where the labels under `equal` agree. In each
 * rule no alert is on both sides: Alertmanager keeps one source for each set of equal labels, and where that one is on
 * both sides as well, it mutes nothing.
 *
 * A critical alert is muted by one of its own name only, with two exceptions, in which the source says the same of many
 * targets: `JobDown` over the `InstanceDown` of its job, and a dead node over the `InstanceDown` of its pods. That a node
 * is dead takes two signs, so that a kubelet that only refuses its scrapes mutes nothing.
 */
const rules: readonly (InhibitRule & { readonly name: string; readonly target_matchers: readonly string[] })[] = [
  {
    // Anyone who knows that it is critical does not need the warning too.
    name: "critical-over-warning",
    source_matchers: ['severity="critical"'],
    target_matchers: [notCritical, `alertname!="${drillAlert}"`],
    equal: sameThing,
  },
  {
    // A disk that is almost full was foretold to become so.
    name: "disk-almost-full-over-filling",
    source_matchers: ['alertname="NodeDiskAlmostFull"'],
    target_matchers: ['alertname="NodeDiskFilling"', notCritical, 'mountpoint=~".+"'],
    equal: ["cluster", "node", "instance", "mountpoint"],
  },
  {
    // One message for a job instead of one line for each of its targets.
    name: "job-down-over-instances",
    source_matchers: ['alertname="JobDown"'],
    target_matchers: ['alertname="InstanceDown"', 'job=~".+"'],
    equal: ["cluster", "job"],
  },
  {
    // Both are down with the machine, and the exporter's alert has its address.
    name: "exporter-down-over-kubelet",
    source_matchers: nodeExporter,
    target_matchers: [...kubeletAndCadvisor, onANode],
    equal: sameNode,
  },
  {
    // The kubelet serves both; without a node exporter this leaves the kubelet's.
    name: "kubelet-down-over-cadvisor",
    source_matchers: kubelet,
    target_matchers: ['alertname="InstanceDown"', 'job="kubernetes-nodes-cadvisor"', onANode],
    equal: sameNode,
  },
  {
    // It fires before the first InstanceDown of the node.
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
    // What is corrupted cannot be compacted.
    name: "storage-corrupted-over-compaction",
    source_matchers: ['alertname="PrometheusStorageCorrupted"'],
    target_matchers: ['alertname="PrometheusCompactionFailing"', notCritical],
    equal: ["cluster", "job", "instance"],
  },
  {
    // An alert about Slack failing would go to Slack. So the sign of life is withheld, and the service outside notifies.
    name: withheld,
    source_matchers: ['alertname="NotificationsFailing"', 'integration="slack"'],
    target_matchers: [`alertname="${watchdogAlert}"`],
    equal: ["cluster"],
  },
];

/** What an alert of a severity may mute. One that is critical may mute all. */
const noWorse: Readonly<Record<Severity, readonly string[]>> = {
  critical: [],
  warning: ['severity=~"warning|info"'],
  info: ['severity="info"'],
};

/** Severities of this program's alerts that the settings change, by the alert's name. */
export type SetSeverities = Readonly<Record<string, Severity>>;

/** Which alert is sent while the source fires, where that is not the source itself. */
const sentInstead: Readonly<Record<string, string>> = { [nodeInhibitor]: "InstanceDown" };

/**
 * This program's own inhibition rules; the user's come after them. An alert that was made less severe mutes nothing that
 * is worse: it may itself not be sent, in quiet hours, or only where nobody looks at once. The sign of life has no
 * severity, and is withheld for any reason.
 */
export function builtInInhibitRules(severities: SetSeverities = {}): BuiltInEntry<InhibitRule>[] {
  return rules.map((rule) => {
    const [, source = ""] = /^alertname="(\w+)"$/.exec(rule.source_matchers?.[0] ?? "") ?? [];
    const sent = sentInstead[source] ?? source;
    const isSet = Object.hasOwn(severities, sent) && rule.name !== withheld;
    const only = isSet ? noWorse[severities[sent]!] : [];
    const entry = { ...rule, target_matchers: [...rule.target_matchers, ...only] };
    return { entry, at: `the inhibition rule ${rule.name}` };
  });
}
