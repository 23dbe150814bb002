import { shown } from "../validation/faults";
import { error, type Finding, type Path, warning } from "../validation/finding";
import { deepest, isTooDeep, isTooWide, widest } from "./nesting";
import { hasLabel, type RuleFacts, type GroupVerdict } from "./parsers/parsers";
import { inExpression, inText, ruleHint, whenFiring } from "./verdicts";
import { isMap } from "../validation/plain-data";

/** For each name and labels of an alert, the place where it was first seen. */
export type SeenAlerts = Map<string, { readonly rule: Path[number]; readonly group: Group }>;

/** Prometheus' verdict on a rule. */
export interface RuleVerdict {
  readonly faults: GroupVerdict["faults"];
  /** The facts about the rule; undefined if Prometheus could not read the group. */
  readonly facts?: RuleFacts | undefined;
}

export interface Group {
  readonly labels: Record<string, unknown>;
  readonly index: number;
  readonly name: unknown;
}

const classic = /^[A-Za-z_][A-Za-z0-9_]*$/;
const classicMetric = /^[A-Za-z_:][A-Za-z0-9_:]*$/;

/** What Prometheus reports about a rule, and probable mistakes in it. */
export function checkRule(rule: Record<string, unknown>, path: Path, verdict: RuleVerdict): Finding[] {
  return [
    ...(isTooDeep(rule["expr"])
      ? [error([...path, "expr"], `is nested more than ${deepest} deep; split it into several rules.`)]
      : []),
    ...wideFindings(rule, path),
    ...verdict.faults.map((fault) => languageFinding(rule, path, fault)),
    ...nameFindings(rule, path),
    ...resultFindings(path, verdict),
    ...shownFindings(path, verdict),
  ];
}

/** Reports labels and annotations of a rule or group if there are too many to check. */
export function wideFindings(of: Record<string, unknown>, path: Path): Finding[] {
  return ["labels", "annotations"]
    .filter((kind) => isTooWide(of[kind]))
    .map((kind) => error([...path, kind], `has more than ${widest}; leave out those that nobody reads.`));
}

function languageFinding(rule: Record<string, unknown>, path: Path, fault: RuleVerdict["faults"][number]): Finding {
  const { kind, name = "", message, fires, mild } = fault;
  if (kind === undefined) return error(path, `is refused by Prometheus: ${ruleHint(message)}`);
  if (kind === "expr") return error([...path, "expr"], inExpression(String(rule["expr"]), message));
  const at = [...path, kind, name];
  if (mild) return warning(at, whenFiring(message, mild));
  return error(at, fires ? whenFiring(message) : inText(message));
}

/** Reports names of labels, annotations and series that are probably mistakes. */
function nameFindings(rule: Record<string, unknown>, path: Path): Finding[] {
  const findings: Finding[] = [];
  for (const kind of ["labels", "annotations"]) {
    for (const name of Object.keys(isMap(rule[kind]) ? rule[kind] : {})) {
      if (name === "alertname" && kind === "labels" && "alert" in rule)
        findings.push(warning([...path, kind, name], "is overwritten by the alert's own name; remove it."));
      else if (name !== "" && !classic.test(name))
        findings.push(
          warning(
            [...path, kind, name],
            `is a name that templates and matchers have to quote; ${shown(name.replace(/\W/g, "_"))} needs none.`,
          ),
        );
    }
  }
  const { record } = rule;
  if (typeof record === "string" && !/^$|[{}]/.test(record) && !classicMetric.test(record))
    findings.push(
      warning(
        [...path, "record"],
        `got ${shown(record)}, a name that expressions have to quote; use only letters, digits, _ and :.`,
      ),
    );
  return findings;
}

/** Checks that only alerts need: for duplicates, and for the label by which alerts are routed. */
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

/**
 * Reports a result that is neither a vector nor a number: Prometheus loads such a rule, but each evaluation of it
 * fails.
 */
function resultFindings(path: Path, { facts }: RuleVerdict): Finding[] {
  const what = { matrix: "a range; is a function missing around it?", string: "a text." }[facts?.type as string];
  return what === undefined
    ? []
    : [error([...path, "expr"], `has to yield an instant vector or a number, and yields ${what}`)];
}

/**
 * Reports stray braces, which Prometheus does not remove from a label or annotation, and labels that a template shows
 * although the expression drops them.
 */
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
