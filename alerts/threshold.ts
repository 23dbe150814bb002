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
