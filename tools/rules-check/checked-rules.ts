import { milliseconds } from "../../validation/durations";
import { readExpression, readTree, type Tree } from "../../prometheus/parsers/parsers";
import type { AlertingRule, RecordingRule } from "../../prometheus/rule-groups";
import type { StackRules } from "../stack/rules";
import { selectorsIn } from "./dead-parts";

/** A selector of a rule. */
export interface Selector {
  readonly node: Tree;
  readonly metric: string;
  readonly matchers: NonNullable<Tree["selects"]>["matchers"];
  /** The length of its range in milliseconds; 0 if it has none, or a computed one. */
  readonly range: number;
  /** Whether its function has no result for a single sample, such as `rate`. */
  readonly ofTwo: boolean;
}

/** A rule of the stack, with what its expression selects. */
export interface CheckedRule {
  readonly name: string;
  readonly isAlert: boolean;
  readonly group: string;
  /** Whether the rule comes with this program. */
  readonly isBuiltIn: boolean;
  /** Where the user finds the expression. */
  readonly place: string;
  readonly expr: string;
  readonly tree: Tree;
  readonly selectors: readonly Selector[];
  /** The alert's `for`; undefined if it fires at once. */
  readonly wait?: string;
  readonly severity?: string;
}

/** The rules of a stack, in order, as Prometheus' own parser reads them. */
export function checkedRules({ groups, features }: Pick<StackRules, "groups" | "features">): CheckedRule[] {
  return groups.flatMap(({ group, origin, placeOf }) =>
    group.rules.map((rule, index): CheckedRule => {
      const tree = readTree(rule.expr, features);
      return {
        ...aboutAlert(rule),
        group: group.name,
        isBuiltIn: origin === "program",
        place: placeOf(["rules", index, "expr"]),
        expr: rule.expr,
        tree,
        selectors: selectorsOf(tree, readExpression(rule.expr, features).selectors),
      };
    }),
  );
}

function aboutAlert(rule: AlertingRule | RecordingRule): Pick<CheckedRule, "name" | "isAlert" | "wait" | "severity"> {
  if (!("alert" in rule)) return { name: rule.record, isAlert: false };
  const severity = rule.labels?.["severity"];
  const waits = (milliseconds(rule.for ?? "0") ?? 0) > 0;
  return {
    name: rule.alert,
    isAlert: true,
    ...(waits && { wait: rule.for }),
    ...(severity !== undefined && { severity }),
  };
}

/** The selectors of a tree, with the facts about their ranges: both lists have the order of the expression. */
function selectorsOf(
  tree: Tree,
  facts: readonly { readonly range: number; readonly ofTwo: boolean }[],
): readonly Selector[] {
  return selectorsIn(tree).map((node, index) => {
    const { range, ofTwo } = facts[index]!;
    return { node, ...node.selects!, range, ofTwo };
  });
}
