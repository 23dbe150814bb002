import { comparisonWith, comparisonWords, thresholdOf } from "../../alerts/adjustable-threshold";
import type { BuiltInAlert } from "../../alerts/catalog";
import type { AlertingRule } from "../../prometheus/rule-groups";
import type { Graph } from "./graph";

/**
 * The graph of an alert: the value that its expression compares with the threshold, which is the limit. Undefined if
 * the expression is not such a comparison. `rule` is the alert's rule as a stack's settings change it.
 */
export function alertGraph(alert: BuiltInAlert, rule: AlertingRule): Graph | undefined {
  const threshold = thresholdOf(alert.facts);
  const comparison = threshold && comparisonWith(threshold, alert.expr);
  if (threshold === undefined || comparison === undefined) return undefined;
  // The settings change only the number, so what follows it is as long as in the built-in expression.
  const rest = alert.expr.length - threshold.to;
  const value = Number(rule.expr.slice(threshold.from, rule.expr.length - rest));
  const { compared, operator } = comparison;
  const names = alert.facts.labels.names.map((name) => `{{${name}}}`).join(" ");
  const limit = `${comparisonWords[operator]} ${value}`;
  return {
    title: alert.name,
    description: description(alert, rule, rest === 0 ? limit : `${limit}, with the exceptions of its rule,`),
    unit: units[alert.threshold?.unit.name ?? ""] ?? "short",
    queries: [{ expr: compared, ...(!alert.facts.labels.allBut && { legend: names }) }],
    limit: { value, isLowest: operator.startsWith("<") },
  };
}

function description(
  { name, severity }: BuiltInAlert,
  { labels, annotations, for: wait }: AlertingRule,
  limit: string,
) {
  const level = labels?.["severity"] ?? severity;
  const fires = `${name} (${level}) fires if this is ${limit}${wait === undefined ? "" : ` for ${wait}`}.`;
  const runbook = annotations?.["runbook_url"];
  return runbook !== undefined && URL.canParse(runbook) ? `${fires} [Runbook](${runbook})` : fires;
}

/** Grafana's names of units; other numbers have none. */
const units: Readonly<Record<string, string>> = {
  "a percentage": "percent",
  "a number of seconds": "s",
  "a number of MiB": "mbytes",
};
