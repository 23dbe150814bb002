import type { SyntaxNode } from "@lezer/common";
import { milliseconds } from "../configuration/quantities";
import { promqlTree } from "../prometheus/promql";
import { parameters } from "../prometheus/promqlNodes";

/** Functions that say nothing of a single sample. */
const ofTwoSamples = new Set([
  ...["rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes", "resets"],
]);

/** How far an expression looks back; each in milliseconds, and undefined where it asks for no range. */
export interface LookBack {
  /** Its shortest range: what lies between two evaluations that are further apart is seen by none. */
  readonly shortest?: number;
  /** Its longest range or offset: samples that are not kept for so long are missing. */
  readonly longest?: number;
  /** The longest scrape interval with which there are always samples enough in each of its ranges. */
  readonly scrape?: number;
}

const known = new Map<string, LookBack>();

/** How far an expression looks back; one that cannot be read asks for nothing. */
export function lookBackOf(expression: string): LookBack {
  const found = known.get(expression) ?? lookedUp(expression);
  known.set(expression, found);
  return found;
}

function lookedUp(expression: string): LookBack {
  const ranges: number[] = [];
  const offsets: number[] = [];
  const scrapes: number[] = [];
  promqlTree(expression)?.iterate({
    enter: ({ name, node }) => {
      const length = lengthIn(node, expression);
      if (length === undefined) return;
      if (name === "OffsetExpr") offsets.push(length);
      if (name !== "MatrixSelector") return;
      ranges.push(length);
      scrapes.push(isOfTwoSamples(node, expression) ? length / 2 : (length * 3) / 4);
    },
  });
  return {
    ...(ranges.length > 0 && { shortest: Math.min(...ranges), scrape: Math.min(...scrapes) }),
    ...(ranges.length + offsets.length > 0 && { longest: Math.max(...ranges, ...offsets) }),
  };
}

/** The duration of a range or an offset; undefined where it is worked out, or where the node is neither. */
function lengthIn(node: SyntaxNode, expression: string): number | undefined {
  const duration = node.getChild("DurationExpr") ?? node.getChild("OffsetDurationExpr");
  const literal = duration?.getChild("NumberDurationLiteralInDurationContext") ?? null;
  return literal === null ? undefined : milliseconds(expression.slice(literal.from, literal.to));
}

/** Whether a range is given to a function that needs two samples in it. */
function isOfTwoSamples(range: SyntaxNode, expression: string): boolean {
  const call = range.parent?.parent;
  if (call?.name !== "FunctionCall" || !parameters(call).some(({ from }) => from === range.from)) return false;
  return ofTwoSamples.has(expression.slice(call.firstChild!.from, call.firstChild!.to));
}
