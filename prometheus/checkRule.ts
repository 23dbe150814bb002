import { shown } from "../configuration/faults";
import { error, type Finding, warning } from "../configuration/finding";
import { mayHaveLabel } from "./labelsOf";
import { type Expression, place } from "./promql";
import { alertingRule, recordingRule } from "./ruleGroups";
import { schemaFindings } from "./schemaFindings";
import { readTemplate } from "./templates";
import { isMap } from "./tree";

type Path = readonly (string | number)[];

/** What the rules of all groups share while they are checked. */
export interface RuleContext {
  readonly read: (expression: string) => Expression;
  /** Where each alert of a name and labels was first seen. */
  readonly alerts: Map<string, { readonly rule: Path[number]; readonly group: Group }>;
}

interface Group {
  readonly labels: Record<string, unknown>;
  readonly index: number;
  readonly name: unknown;
}

const ofAlerts = ["for", "keep_firing_for", "annotations"];
const classic = /^[A-Za-z_][A-Za-z0-9_]*$/;
const classicMetric = /^[A-Za-z_:][A-Za-z0-9_:]*$/;

/** What is wrong with one rule. */
export function checkRule(rule: unknown, path: Path, group: Group, context: RuleContext): Finding[] {
  if (!isMap(rule)) return schemaFindings(alertingRule, rule, path);
  const isAlert = "alert" in rule;
  if (isAlert && "record" in rule)
    return [error(path, "has both `alert` and `record`; make two rules of it, or remove the one that is not meant.")];
  if (!isAlert && !("record" in rule)) {
    return [
      error(
        path,
        "has neither `alert` nor `record`; give an alert its name in `alert`, a series its name in `record`.",
      ),
    ];
  }
  const findings = isAlert ? schemaFindings(alertingRule, rule, path) : recordingFindings(rule, path);
  const { expr } = rule;
  const expression = typeof expr === "string" && expr !== "" ? context.read(expr) : undefined;
  const wrong = (expression?.faults ?? []).map((fault) =>
    error([...path, "expr"], `at ${place(expr as string, fault)}: ${ended(fault.message)}`),
  );
  return [
    ...findings,
    ...wrong,
    ...nameFindings(rule, path),
    ...(isAlert ? alertFindings(rule, path, group, context) : []),
    ...(isAlert ? templateFindings(rule, path, expression, expr as string, context) : []),
  ];
}

function recordingFindings(rule: Record<string, unknown>, path: Path): Finding[] {
  const own = Object.fromEntries(Object.entries(rule).filter(([key]) => !ofAlerts.includes(key)));
  const misplaced = ofAlerts.filter((key) => key in rule);
  return [
    ...schemaFindings(recordingRule, own, path),
    ...misplaced.map((key) => error([...path, key], "belongs to alerts, and this rule has `record`; remove it.")),
  ];
}

/** Names of labels, annotations and series. */
function nameFindings(rule: Record<string, unknown>, path: Path): Finding[] {
  const findings: Finding[] = [];
  for (const kind of ["labels", "annotations"]) {
    const texts = rule[kind];
    if (!isMap(texts)) continue;
    for (const name of Object.keys(texts)) {
      const at = [...path, kind, name];
      if (name === "") findings.push(error(at, "has an empty name; write one."));
      else if (name === "__name__" && kind === "labels")
        findings.push(error(at, "is the name of a series, which no rule can set as a label; remove it."));
      else if (name === "alertname" && kind === "labels" && "alert" in rule)
        findings.push(warning(at, "is overwritten by the alert's own name; remove it."));
      else if (!classic.test(name))
        findings.push(
          warning(
            at,
            `is a name that templates and matchers have to quote; ${shown(name.replace(/\W/g, "_"))} needs none.`,
          ),
        );
    }
  }
  const { record } = rule;
  if (typeof record !== "string" || record === "") return findings;
  const at = [...path, "record"];
  if (/[{}]/.test(record))
    findings.push(
      error(at, `got ${shown(record)}; accepted: the name of a series, without braces. Labels are set in \`labels\`.`),
    );
  else if (!classicMetric.test(record))
    findings.push(
      warning(at, `got ${shown(record)}, a name that expressions have to quote; use letters, digits, _ and : alone.`),
    );
  return findings;
}

/** What only alerts have: twins, and the label by which they are routed. */
function alertFindings(rule: Record<string, unknown>, path: Path, group: Group, context: RuleContext): Finding[] {
  const own = isMap(rule["labels"]) ? rule["labels"] : {};
  const labels: Record<string, unknown> = { ...group.labels, ...own };
  const findings: Finding[] = [];
  if (labels["severity"] === undefined)
    findings.push(warning(path, "has no label `severity`, by which alerts are routed; add `labels.severity`."));
  if (typeof rule["alert"] !== "string" || rule["alert"] === "") return findings;
  const key = JSON.stringify([rule["alert"], ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
  const first = context.alerts.get(key);
  if (first === undefined) {
    context.alerts.set(key, { rule: path.at(-1)!, group });
    return findings;
  }
  const where = first.group.index === group.index ? "this group" : `the group ${shown(first.group.name)}`;
  const twin = `has the name and the labels of rules[${first.rule}] in ${where}, so that nobody can tell the two apart`;
  findings.push(
    first.group.index === group.index
      ? error(path, `${twin}; give one another name, or a label that differs.`)
      : warning(path, `${twin}; is it the same alert twice?`),
  );
  return findings;
}

function templateFindings(
  rule: Record<string, unknown>,
  path: Path,
  expression: Expression | undefined,
  text: string,
  context: RuleContext,
): Finding[] {
  const findings: Finding[] = [];
  const mayHave = expression?.tree && mayHaveLabel(expression.tree, text);
  for (const kind of ["labels", "annotations"]) {
    const texts = rule[kind];
    if (!isMap(texts)) continue;
    for (const [name, template] of Object.entries(texts)) {
      if (typeof template !== "string" || !/\{\{|\}\}/.test(template)) continue;
      const at = [...path, kind, name];
      const { faults, labels, queries } = readTemplate(template);
      for (const { severity, message } of faults) findings.push({ severity, path: at, sentence: ended(message) });
      for (const query of queries)
        for (const fault of context.read(query).faults)
          findings.push(
            error(at, `asks for PromQL that has a fault at ${place(query, fault)}: ${ended(fault.message)}`),
          );
      for (const label of labels) {
        if (mayHave === undefined || mayHave(label)) continue;
        findings.push(
          warning(at, `shows the label ${shown(label)}, which the expression drops, so that it is always empty.`),
        );
      }
    }
  }
  return findings;
}

/** A message as a sentence ends. */
function ended(message: string): string {
  return /[.?]$/.test(message) ? message : `${message}.`;
}
