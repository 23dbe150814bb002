import type { ExpressionFacts } from "../prometheus/parsers/parsers";

/** The number that a rule compares with, and its position in the expression. */
export type Threshold = ExpressionFacts["thresholds"][number];

/**
 * The threshold of an expression: the number on the right side of its only comparison (`<`, `>`, `<=`, `>=`). Undefined
 * if there is no such comparison, or more than one, because the threshold would be ambiguous.
 */
export function thresholdOf({ thresholds }: Pick<ExpressionFacts, "thresholds">): Threshold | undefined {
  return thresholds.length === 1 ? thresholds[0] : undefined;
}

/** The expression with another threshold and no other change. */
export function withThreshold(expression: string, threshold: Threshold, value: number): string {
  if (threshold.value === value) return expression;
  return `${expression.slice(0, threshold.from)}${value}${expression.slice(threshold.to)}`;
}

/** The comparisons that have a threshold, in words. */
export const comparisonWords: Readonly<Record<string, string>> = {
  "<": "below",
  "<=": "at most",
  ">": "above",
  ">=": "at least",
};

/** The comparison of an alert's value with its threshold. */
export interface Comparison {
  /** The expression of the value. */
  readonly compared: string;
  /** A key of {@link comparisonWords}. */
  readonly operator: string;
}

/**
 * The comparison with the threshold, if its left side is the value of the alert: only `and` and `unless` may follow,
 * which leave series out. Otherwise, as in `a or b > 1`, the value may be another, and the result is undefined.
 */
export function comparisonWith(threshold: Threshold, expression: string): Comparison | undefined {
  const [, compared, operator] = /^(.*?)\s*(<=|>=|<|>)\s*$/s.exec(expression.slice(0, threshold.from)) ?? [];
  if (compared === undefined || operator === undefined) return undefined;
  const before = outsideOfBrackets(compared);
  const after = outsideOfBrackets(expression.slice(threshold.to));
  const isWhole = !/\b(and|or|unless)\b/i.test(before) && /^\s*$|^\s*(and|unless)\b(?!.*\bor\b)/is.test(after);
  return isWhole ? { compared, operator } : undefined;
}

function outsideOfBrackets(expression: string): string {
  const shorter = expression.replace(/"(?:[^"\\]|\\.)*"|\([^(){}[\]"]*\)|\{[^(){}[\]"]*\}|\[[^(){}[\]"]*\]/g, "");
  return shorter === expression ? expression : outsideOfBrackets(shorter);
}

/** The unit of a threshold, and the range of sensible values. */
export interface Unit {
  /** The unit as part of a sentence, such as "a percentage". */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Whether only whole numbers make sense. */
  readonly whole?: boolean;
}

const percent: Unit = { name: "a percentage", least: 1, most: 100 };
const units: Readonly<Record<string, Unit>> = {
  percent,
  seconds: { name: "a number of seconds", least: 0.001, most: 366 * 86_400 },
  mebibytes: { name: "a number of MiB", least: 1, most: 1_048_576, whole: true },
  count: { name: "a whole number", least: 0, most: 1_000_000, whole: true },
};

/**
 * The unit of each threshold that can be set, by name of the alert. A comment below the alert's name in its rule file
 * sets the unit: `# threshold: percent`, or `# threshold: count from 2`. An alert without such a comment has no
 * threshold to set.
 */
export function unitsIn(ruleFile: string): Map<string, Unit> {
  const comments = ruleFile.matchAll(/^ *- alert: (\w+)\n *# threshold: (\w+)(?: from (\d+))?$/gm);
  return new Map(
    [...comments].map(([, alert, name, least]) => {
      const unit = units[name!];
      if (unit === undefined)
        throw new Error(`${alert}: "${name}" is not a unit of a threshold; use ${Object.keys(units).join(", ")}.`);
      return [alert!, { ...unit, ...(least !== undefined && { least: Number(least) }) }];
    }),
  );
}

/** The values that are accepted in place of a nonsensical threshold; undefined if the threshold is valid. */
export function thresholdFault(value: number, unit: Unit): string | undefined {
  const range = `${unit.name} from ${unit.least} to ${unit.most}`;
  if (unit.name === percent.name && value > 0 && value < unit.least)
    return `${range}; is ${Number((value * 100).toPrecision(6))} meant?`;
  if (value < unit.least || value > unit.most) return range;
  return unit.whole && !Number.isInteger(value) ? range : undefined;
}
