import type { Tree } from "../../prometheus/parsers/parsers";

/** Functions that have a result even if their argument has none. */
const alwaysHasResult = ["absent", "absent_over_time", "scalar"];

/**
 * The selectors because of which an expression can have no result; empty if it can have one. A part that may be absent
 * makes no expression dead: below `absent`, to the right of `unless`, and beside another part of an `or` that has
 * series, such as `vector(0)`.
 */
export function deadParts(node: Tree, isDead: (selector: Tree) => boolean): Tree[] {
  if (node.selects !== undefined) return isDead(node) ? [node] : [];
  if (node.kind === "Call" && alwaysHasResult.includes(node.name)) return [];
  const parts = node.children.map((child) => deadParts(child, isDead));
  if (node.kind === "BinaryExpr" && node.name === "unless") return parts[0]!;
  if (node.kind === "BinaryExpr" && node.name === "or" && parts.some((part) => part.length === 0)) return [];
  return parts.flat();
}

/** The selectors that an expression expects to select nothing: below `absent`, and beside `or vector(0)`. */
export function absentOnPurpose(node: Tree): Tree[] {
  if (node.kind === "Call" && node.name.startsWith("absent")) return selectorsIn(node);
  const isOr = node.kind === "BinaryExpr" && node.name === "or";
  if (isOr && node.children.some((side) => selectorsIn(side).length === 0)) return selectorsIn(node);
  return node.children.flatMap(absentOnPurpose);
}

/** All selectors of a tree, in the order of the expression. */
export function selectorsIn(node: Tree): Tree[] {
  return node.selects === undefined ? node.children.flatMap(selectorsIn) : [node];
}
