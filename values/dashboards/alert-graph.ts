import { comparisonWords, finalComparison, thresholdOf } from "../../alerts/adjustable-threshold";
import type { BuiltInAlert } from "../../alerts/catalog";
import type { AlertingRule } from "../../prometheus/rule-groups";
import type { Graph } from "./graph";

/**
 * The graph of an alert: its expression without the comparison with the threshold, which is the limit. Undefined if the
 * expression does not end with such a comparison. `rule` is the alert's rule as a stack's settings change it.
 */
export function alertGraph(alert: BuiltInAlert, rule: AlertingRule): Graph | undefined {
  const threshold = thresholdOf(alert.facts);
  const comparison = threshold && finalComparison(alert.expr, threshold);
  if (threshold === undefined || comparison === undefined) return undefined;
  // The settings change only the number, which is the end of the expression.
  const value = Number(rule.expr.slice(threshold.from));
  const { compared, operator } = comparison;
  const names = alert.facts.labels.names.map((name) => `{{${name}}}`).join(" ");
  return {
    title: alert.name,
    description: description(alert, rule, `${comparisonWords[operator]} ${value}`),
    unit: unitOf(alert),
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

function unitOf({ threshold }: BuiltInAlert): string {
  if (threshold?.unit.name === "a percentage") return "percent";
  return threshold?.unit.name === "a number of seconds" ? "s" : "short";
}
