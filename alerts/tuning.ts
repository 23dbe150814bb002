import type { PrometheusDuration } from "../validation/durations";
import type { AlertTuning } from "../settings/sections/rules";
import type { AlertingRule, RuleGroup } from "../prometheus/rule-groups";
import { catalog, type BuiltInAlert, type BuiltInRuleGroup, builtInRuleGroups } from "./catalog";
import { dashboardOf, dashboardUid } from "./dashboard-of";
import type { Feature } from "./features";
import { thresholdOf, withThreshold } from "./adjustable-threshold";

/** The changes that settings make to the rules under alerts/rules/. */
export interface Tuning {
  /** Changes by name of the alert. */
  readonly alerts: Readonly<Record<string, AlertTuning>>;
  readonly instanceDownFor: PrometheusDuration;
  /** The `for` of the alerts that replace many `InstanceDown` alerts. */
  readonly jobDownFor: PrometheusDuration;
  /** The URL in front of relative links to runbooks. Default: the links stay relative. */
  readonly runbookUrl?: string | undefined;
  /** The URL of Grafana, in which each alert has a dashboard. Default: no links to dashboards. */
  readonly grafanaUrl?: string | undefined;
  /** The interval of the heartbeat. Default: the interval in the rule file. */
  readonly heartbeatInterval?: PrometheusDuration | undefined;
  /** The number of Alertmanagers. Default: the number in the rule file. */
  readonly alertmanagers?: number | undefined;
  /** How long all Alertmanagers must have failed to send. Default: `NotificationsFailing` fires at once. */
  readonly notificationsFailingFor?: PrometheusDuration | undefined;
  /** The features that are off. Rules that need one of them are left out. */
  readonly off: ReadonlySet<Feature>;
}

/** The rule groups under alerts/rules/ after changes by settings. Groups without remaining rules are left out. */
export function tunedRuleGroups(tuning: Tuning): BuiltInRuleGroup[] {
  const alerts = new Map(catalog().map((alert) => [alert.name, alert]));
  return builtInRuleGroups().flatMap(({ file, group }) => {
    const rules = group.rules.flatMap((rule): RuleGroup["rules"] => {
      if (!("alert" in rule)) return [rule];
      const alert = alerts.get(rule.alert)!;
      return isLoaded(alert, tuning) ? [tuned(rule, alert, tuning)] : [];
    });
    return rules.length === 0 ? [] : [{ file, group: { ...group, ...intervalOf(file, tuning), rules } }];
  });
}

/** The heartbeat's interval for its own rule group, because each evaluation of that group is one beat. */
function intervalOf(file: string, { heartbeatInterval }: Tuning): Pick<RuleGroup, "interval"> {
  return file === "alerts/rules/watchdog.yaml" && heartbeatInterval !== undefined
    ? { interval: heartbeatInterval }
    : {};
}

/** The alerts that are loaded with these settings. */
export function loadedAlerts(tuning: Pick<Tuning, "alerts" | "off">): BuiltInAlert[] {
  return catalog().filter((alert) => isLoaded(alert, tuning));
}

function isLoaded(alert: BuiltInAlert, { alerts, off }: Pick<Tuning, "alerts" | "off">): boolean {
  return alerts[alert.name]?.enabled !== false && !alert.needs.some((feature) => off.has(feature));
}

/** One rule with its settings. Fields that are not set stay unchanged, so that each setting changes one value. */
function tuned(rule: AlertingRule, alert: BuiltInAlert, tuning: Tuning): AlertingRule {
  const { threshold, severity } = tuning.alerts[alert.name] ?? {};
  const wait = waitOf(alert.name, tuning);
  return {
    ...rule,
    ...(threshold !== undefined && alert.threshold && { expr: withThreshold(rule.expr, alert.threshold, threshold) }),
    ...(alert.name === membersAlert && { expr: withMembers(rule.expr, alert, tuning) }),
    ...(wait !== undefined && { for: wait }),
    ...(severity !== undefined && { labels: { ...rule.labels, severity } }),
    ...(rule.annotations && {
      annotations: { ...withRunbook(rule.annotations, tuning.runbookUrl), ...dashboardLink(alert, tuning.grafanaUrl) },
    }),
  };
}

/** The alert whose expression compares with the number of Alertmanagers. */
const membersAlert = "AlertmanagerMembersMissing";

function withMembers(expression: string, { facts }: BuiltInAlert, { alertmanagers }: Tuning): string {
  const members = thresholdOf(facts)!;
  return withThreshold(expression, members, alertmanagers ?? members.value);
}

function waitOf(alert: string, tuning: Tuning): PrometheusDuration | undefined {
  const { alerts, instanceDownFor, jobDownFor, notificationsFailingFor } = tuning;
  const timed: Readonly<Record<string, PrometheusDuration | undefined>> = {
    InstanceDown: instanceDownFor,
    JobDown: jobDownFor,
    NodeInhibitor: jobDownFor,
    NotificationsFailing: notificationsFailingFor,
  };
  return alerts[alert]?.for ?? timed[alert];
}

function withRunbook(annotations: Readonly<Record<string, string>>, base: string | undefined): Record<string, string> {
  const link = annotations["runbook_url"];
  if (base === undefined || link === undefined || URL.canParse(link)) return { ...annotations };
  return { ...annotations, runbook_url: `${base.replace(/\/+$/, "")}/${link}` };
}

function dashboardLink(alert: BuiltInAlert, grafana: string | undefined): Record<string, string> {
  const dashboard = dashboardOf(alert);
  if (grafana === undefined || dashboard === undefined) return {};
  // A URL has no braces, which would begin a template here.
  return { dashboard_url: `${new URL(grafana).href.replace(/\/+$/, "")}/d/${dashboardUid(dashboard)}` };
}
