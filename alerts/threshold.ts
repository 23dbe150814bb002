import type { ExpressionFacts } from "../prometheus/parsers/parsers";

/** The number that a rule compares with, and where it stands in the expression. */
export type Threshold = ExpressionFacts["thresholds"][number];

/**
 * The threshold of an expression: the number on the right of its one comparison by order. Undefined where there is no
 * such comparison, or more than one, so that nobody could say which is meant.
 */
export function thresholdOf({ thresholds }: Pick<ExpressionFacts, "thresholds">): Threshold | undefined {
  return thresholds.length === 1 ? thresholds[0] : undefined;
}

/** The expression with another number in the place of its threshold, and else letter by letter as it was. */
export function withThreshold(expression: string, threshold: Threshold, value: number): string {
  if (threshold.value === value) return expression;
  return `${expression.slice(0, threshold.from)}${value}${expression.slice(threshold.to)}`;
}

/** What a threshold counts, and what is sane for it. */
export interface Unit {
  /** As a sentence says it, such as "a percentage". */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Whether a part of one is nonsense. */
  readonly whole?: boolean;
}

const percent: Unit = { name: "a percentage", least: 1, most: 100 };
const units: Readonly<Record<string, Unit>> = {
  percent,
  seconds: { name: "a number of seconds", least: 0.001, most: 366 * 86_400 },
  count: { name: "a whole number", least: 0, most: 1_000_000, whole: true },
};

/**
 * The unit of each threshold that can be set, by the alert's name. The comment below the alert's name in its rule file
 * says it: `# threshold: percent`, or `# threshold: count from 2`. An alert without one has no threshold to set.
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

/** What is accepted in place of a threshold that is not sane; undefined where it is. */
export function thresholdFault(value: number, unit: Unit): string | undefined {
  const range = `${unit.name} from ${unit.least} to ${unit.most}`;
  if (unit.name === percent.name && value > 0 && value < unit.least)
    return `${range}; is ${Number((value * 100).toPrecision(6))} meant?`;
  if (value < unit.least || value > unit.most) return range;
  return unit.whole && !Number.isInteger(value) ? range : undefined;
}
