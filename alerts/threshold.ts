import type { SyntaxNode } from "@lezer/common";
import { durationLength } from "../configuration/durations";
import { readPromql } from "../prometheus/promql";

/** The number that a rule compares with, and where it stands in the expression. */
export interface Threshold {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

// Equality asks for a state, such as `up == 0`, which is nothing to tune.
const orders = ["Gtr", "Gte", "Lss", "Lte"];

/**
 * The threshold of an expression: the number on the right of its one comparison by order. Undefined where there is no
 * such comparison, or more than one, so that nobody could say which is meant.
 */
export function thresholdOf(expression: string): Threshold | undefined {
  const found: Threshold[] = [];
  readPromql(expression).tree?.iterate({
    enter: ({ name, node }) => {
      if (name !== "BinaryExpr" || !orders.some((order) => node.getChild(order) !== null)) return;
      const right = node.lastChild!;
      const value = numberIn(right, expression);
      if (value !== undefined) found.push({ value, from: right.from, to: right.to });
    },
  });
  return found.length === 1 ? found[0] : undefined;
}

/** The expression with another threshold, and else letter by letter as it was. */
export function withThreshold(expression: string, value: number): string {
  const threshold = thresholdOf(expression);
  if (threshold === undefined) throw new Error(`The expression has no threshold to set: ${expression}`);
  if (threshold.value === value) return expression;
  return `${expression.slice(0, threshold.from)}${value}${expression.slice(threshold.to)}`;
}

/** The value of a literal such as 90, -0.05 or 7d, which PromQL takes for its seconds. */
function numberIn(node: SyntaxNode, expression: string): number | undefined {
  const literal = node.name === "UnaryExpr" ? node.lastChild! : node;
  if (literal.name !== "NumberDurationLiteral") return undefined;
  const text = expression.slice(literal.from, literal.to);
  const seconds = /[smhdwy]$/.test(text) ? (durationLength(text) ?? NaN) / 1000 : Number(text);
  const negative = node.name === "UnaryExpr" && expression[node.from] === "-";
  return Number.isFinite(seconds) ? (negative ? -seconds : seconds) : undefined;
}
