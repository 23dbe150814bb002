import type { PrometheusDuration } from "../validation/durations";
import type { AlertTuning } from "../settings/sections/rules";
import type { AlertingRule, RuleGroup } from "../prometheus/rule-groups";
import { catalog, type BuiltInAlert, type BuiltInRuleGroup, builtInRuleGroups } from "./catalog";
import type { Feature } from "./features";
import { withThreshold } from "./threshold";

/** What the settings change of the rules under rules/. */
export interface Tuning {
  /** By the alert's name. */
  readonly alerts: Readonly<Record<string, AlertTuning>>;
  readonly instanceDownFor: PrometheusDuration;
  /** How long the alerts wait that replace many of `InstanceDown`. */
  readonly jobDownFor: PrometheusDuration;
  /** What relative links to runbooks begin with. Default: they stay relative. */
  readonly runbookUrl?: string | undefined;
  /** How often there is a sign of life. Default: as in the file. */
  readonly heartbeatInterval?: PrometheusDuration | undefined;
  /** Rules that need one of these are left out. */
  readonly off: ReadonlySet<Feature>;
}

/** The rule groups under rules/ as the settings change them; a group of which no rule is left is left out too. */
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

/** A sign of life is one evaluation of the group that it stands in. */
function intervalOf(file: string, { heartbeatInterval }: Tuning): Pick<RuleGroup, "interval"> {
  return file === "rules/watchdog.yaml" && heartbeatInterval !== undefined ? { interval: heartbeatInterval } : {};
}

/** The alerts that are loaded with these settings. */
export function loadedAlerts(tuning: Pick<Tuning, "alerts" | "off">): BuiltInAlert[] {
  return catalog().filter((alert) => isLoaded(alert, tuning));
}

function isLoaded(alert: BuiltInAlert, { alerts, off }: Pick<Tuning, "alerts" | "off">): boolean {
  return alerts[alert.name]?.enabled !== false && !alert.needs.some((feature) => off.has(feature));
}

/** One rule with its settings; what is not set stays as it was, so that a setting changes one leaf. */
function tuned(rule: AlertingRule, alert: BuiltInAlert, tuning: Tuning): AlertingRule {
  const { threshold, severity } = tuning.alerts[alert.name] ?? {};
  const wait = waitOf(alert.name, tuning);
  return {
    ...rule,
    ...(threshold !== undefined && alert.threshold && { expr: withThreshold(rule.expr, alert.threshold, threshold) }),
    ...(wait !== undefined && { for: wait }),
    ...(severity !== undefined && { labels: { ...rule.labels, severity } }),
    ...(rule.annotations && { annotations: withRunbook(rule.annotations, tuning.runbookUrl) }),
  };
}

function waitOf(alert: string, { alerts, instanceDownFor, jobDownFor }: Tuning): PrometheusDuration | undefined {
  const timed: Readonly<Record<string, PrometheusDuration>> = {
    InstanceDown: instanceDownFor,
    JobDown: jobDownFor,
    NodeInhibitor: jobDownFor,
  };
  return alerts[alert]?.for ?? timed[alert];
}

function withRunbook(annotations: Readonly<Record<string, string>>, base: string | undefined): Record<string, string> {
  const link = annotations["runbook_url"];
  if (base === undefined || link === undefined || URL.canParse(link)) return { ...annotations };
  return { ...annotations, runbook_url: `${base.replace(/\/+$/, "")}/${link}` };
}
