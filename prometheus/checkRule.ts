import { shown } from "../configuration/faults";
import { error, type Finding, warning } from "../configuration/finding";
import { deepest, isTooDeep } from "./nesting";
import { hasLabel, type RuleFacts, type GroupVerdict } from "./parsers/parsers";
import { alertingRule, recordingRule } from "./ruleGroups";
import { schemaFindings } from "./schemaFindings";
import { isMap } from "./tree";
import { inExpression, inText, whenFiring } from "./verdicts";

type Path = readonly (string | number)[];

/** Where each alert of a name and labels was first seen. */
export type SeenAlerts = Map<string, { readonly rule: Path[number]; readonly group: Group }>;

/** What Prometheus says of a rule. */
export interface RuleVerdict {
  readonly faults: GroupVerdict["faults"];
  /** Undefined where Prometheus could not read the group. */
  readonly facts?: RuleFacts | undefined;
}

export interface Group {
  readonly labels: Record<string, unknown>;
  readonly index: number;
  readonly name: unknown;
}

const ofAlerts = ["for", "keep_firing_for", "annotations"];
const classic = /^[A-Za-z_][A-Za-z0-9_]*$/;
const classicMetric = /^[A-Za-z_:][A-Za-z0-9_:]*$/;

/** What is wrong with one rule: its form, and then what Prometheus says of it. */
export function checkRule(rule: unknown, path: Path, verdict: RuleVerdict): Finding[] {
  const form = formFindings(rule, path);
  if (!isMap(rule)) return form;
  const isForm = ({ kind }: RuleVerdict["faults"][number]) => kind === undefined;
  return [
    ...form,
    ...verdict.faults.filter((fault) => !isForm(fault)).map((fault) => languageFinding(rule, path, fault)),
    // What of the form Prometheus refuses is told in better words, where there are any.
    ...(form.some(({ severity }) => severity === "error")
      ? []
      : verdict.faults.filter(isForm).map(({ message }) => error(path, `is refused by Prometheus: ${message}`))),
    ...resultFindings(path, verdict),
    ...shownFindings(path, verdict),
  ];
}

function formFindings(rule: unknown, path: Path): Finding[] {
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
  return [
    ...(isAlert ? schemaFindings(alertingRule, rule, path) : recordingFindings(rule, path)),
    ...nameFindings(rule, path),
    ...(isTooDeep(rule["expr"])
      ? [error([...path, "expr"], `is nested more than ${deepest} deep; split it into several rules.`)]
      : []),
  ];
}

function languageFinding(rule: Record<string, unknown>, path: Path, fault: RuleVerdict["faults"][number]): Finding {
  const { kind = "expr", name = "", message, fires, mild } = fault;
  if (kind === "expr") return error([...path, "expr"], inExpression(String(rule["expr"]), message));
  const at = [...path, kind, name];
  if (mild) return warning(at, whenFiring(message, mild));
  return error(at, fires ? whenFiring(message) : inText(message));
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
export function alertFindings(rule: unknown, path: Path, group: Group, seen: SeenAlerts): Finding[] {
  if (!isMap(rule) || !("alert" in rule)) return [];
  const own = isMap(rule["labels"]) ? rule["labels"] : {};
  const labels: Record<string, unknown> = { ...group.labels, ...own };
  const findings: Finding[] = [];
  if (labels["severity"] === undefined)
    findings.push(warning(path, "has no label `severity`, by which alerts are routed; add `labels.severity`."));
  if (typeof rule["alert"] !== "string" || rule["alert"] === "") return findings;
  const key = JSON.stringify([rule["alert"], ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, { rule: path.at(-1)!, group });
    return findings;
  }
  const where = first.group.index === group.index ? "this group" : `the group ${shown(first.group.name)}`;
  const sentence = `has the name and the labels of rules[${first.rule}] in ${where}; is it the same alert twice?`;
  return [...findings, warning(path, sentence)];
}

/** Prometheus loads a rule whose result is no series and no number, and then each evaluation fails. */
function resultFindings(path: Path, { facts }: RuleVerdict): Finding[] {
  const what = { matrix: "a range; is a function missing around it?", string: "a text." }[facts?.type as string];
  return what === undefined
    ? []
    : [error([...path, "expr"], `has to yield an instant vector or a number, and yields ${what}`)];
}

/** Texts that stay as they are, and labels in them that the expression drops. */
function shownFindings(path: Path, { facts, faults }: RuleVerdict): Finding[] {
  return Object.entries(facts?.texts ?? {}).flatMap(([kind, texts]) =>
    Object.entries(texts).flatMap(([name, { labels, stray }]) => {
      const at = [...path, kind, name];
      if (faults.some((fault) => fault.kind === kind && fault.name === name)) return [];
      const dropped = facts!.faults.length > 0 ? [] : labels.filter((label) => !hasLabel(facts!, label));
      return [
        ...(stray ? [warning(at, 'has "}}" without "{{" before it, which stays in the text.')] : []),
        ...dropped.map((label) =>
          warning(at, `shows the label ${shown(label)}, which the expression drops, so that it is always empty.`),
        ),
      ];
    }),
  );
}
