import { fulfills, type Labels } from "../alertmanager/evaluate";
import { chartNames } from "../conventions/cluster-names";
import { byLabel } from "../alertmanager/matchers";
import { hasLabel, type Matcher } from "../prometheus/parsers/parsers";
import { catalog, type BuiltInAlert, builtInRuleGroups } from "./catalog";

/** The facts about an alert that are known before it fires. */
export interface KnownAlert {
  /** A title, such as `InstanceDown` of a pod. */
  readonly title: string;
  /** Labels that the alert always has, including its name and severity. */
  readonly labels: Labels;
  /** Returns whether the alert may have another label. */
  readonly mayHave: (label: string) => boolean;
}

const external = ["cluster", "environment"];
/** Labels that come from the cluster's service discovery; Prometheus' own target is static and lacks them. */
const discovered = ["node", "namespace", "pod", "container", "service", "app_kubernetes_io_name"];

/** Alerts of one rule for several kinds of objects, with the labels that distinguish them. */
const kinds: Readonly<Record<string, Readonly<Record<string, Labels>>>> = {
  InstanceDown: {
    "`InstanceDown` of a node exporter": {
      job: "kubernetes-service-endpoints",
      app_kubernetes_io_name: "prometheus-node-exporter",
    },
    "`InstanceDown` of a kubelet": { job: "kubernetes-nodes", app_kubernetes_io_name: "" },
    "`InstanceDown` of cAdvisor": { job: "kubernetes-nodes-cadvisor", app_kubernetes_io_name: "" },
    "`InstanceDown` of an Alertmanager": { job: "alertmanager", app_kubernetes_io_name: "alertmanager" },
    // This kind also stands for the targets of custom jobs, whose job name and labels the user chooses.
    "`InstanceDown` of a pod": {},
  },
  RolloutStuck: {
    "`RolloutStuck` of the Alertmanagers": { statefulset: chartNames.alertmanager },
    "`RolloutStuck` of other pods": {},
  },
  NotificationsFailing: {
    "`NotificationsFailing` of Slack": { integration: "slack" },
    "`NotificationsFailing` of another receiver": { integration: "webhook" },
  },
};

/** The severities that settings give to alerts, by name of the alert. */
type Severities = Readonly<Record<string, string>>;

/** The built-in alerts with these names, or all. An alert with several kinds has an entry for each. */
export function knownAlerts(severities: Severities = {}, names?: readonly string[]): KnownAlert[] {
  return catalog()
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap((alert) => {
      const { name } = alert;
      const common = { alertname: name, severity: severities[name] ?? alert.severity };
      const mayHave = labelsOf(alert);
      return Object.entries(kinds[name] ?? { [`\`${name}\``]: {} }).map(([title, labels]) => ({
        title,
        labels: { ...common, ...labels },
        mayHave,
      }));
    });
}

function labelsOf({ name, expr, facts }: BuiltInAlert): KnownAlert["mayHave"] {
  const rule = builtInRuleGroups()
    .flatMap(({ group }) => group.rules)
    .find((one) => "alert" in one && one.alert === name);
  const added = [...external, ...Object.keys(rule?.labels ?? {})];
  const isStatic = expr.includes('job="prometheus"');
  return (label) => added.includes(label) || (hasLabel(facts, label) && !(isStatic && discovered.includes(label)));
}

/** Stands for the name of any custom alert. */
export const someName = "SomeAlertOfTheUsers";

/** Custom alerts of which only the severity is known. */
export const customAlerts: readonly KnownAlert[] = ["critical", "warning", "info"].map((severity) => ({
  title: `${severity} alerts of your own`,
  labels: { alertname: someName, severity },
  mayHave: () => true,
}));

/** Labels with which an alert satisfies all matchers; undefined if none were found. */
export function labelsFor({ labels, mayHave }: KnownAlert, matchers: readonly Matcher[]): Labels | undefined {
  const found: Record<string, string> = { ...labels };
  for (const [name, asked] of byLabel(matchers)) {
    const known = labels[name];
    const values = known === undefined ? ["", ...asked.flatMap(valuesOf), "some-other-value"] : [known];
    const value = values.find((one) => asked.every((matcher) => fulfills(one, matcher)));
    if (value === undefined || (value !== "" && known === undefined && !mayHave(name))) return undefined;
    found[name] = value;
  }
  return found;
}

/**
 * Values that may satisfy a matcher. For a regular expression these are its alternatives, with text in place of
 * wildcards.
 */
function valuesOf({ operator, value }: Matcher): string[] {
  if (operator === "=") return [value];
  const plain = value.replace(/[()^$?]/g, "").replace(/\.[*+]/g, "x");
  return operator === "=~" ? plain.split("|").map((one) => one.replace(/\\(.)/g, "$1")) : [];
}

/** Names of some alerts by severity, the worst first, or "every critical alert" if all known ones are included. */
export function alertsInWords(some: readonly KnownAlert[], all: readonly KnownAlert[]): string {
  const severityOf = ({ labels }: KnownAlert) => labels["severity"] ?? "";
  const order = (severity: string) => ["critical", "warning", "info"].indexOf(severity);
  return [...new Set(some.map(severityOf))]
    .sort((one, other) => order(one) - order(other))
    .map((severity) => {
      const ofSeverity = (alerts: readonly KnownAlert[]) => alerts.filter((one) => severityOf(one) === severity);
      const these = ofSeverity(some);
      if (these.length === ofSeverity(all).length) return `every ${severity} alert`;
      const names = new Set(these.map(({ labels }) => labels["alertname"]!));
      return `${severity} ${[...names].join(", ").replace(someName, "alerts of your own")}`;
    })
    .join("; ");
}

/** The conditions of matchers on labels other than name and severity, in words that follow {@link alertsInWords}. */
export function otherMatchersInWords(matchers: readonly Matcher[]): string {
  const others = matchers.filter(({ name }) => !["alertname", "severity"].includes(name));
  if (others.length === 0) return "";
  return ` with ${others.map(({ name, operator, value }) => `${name}${operator}${JSON.stringify(value)}`).join(" and ")}`;
}
