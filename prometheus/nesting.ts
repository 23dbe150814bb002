import { isMap } from "../validation/plain-data";

/**
 * The maximum number of nested brackets and signs, more than anybody writes. The parser's time grows with the square of
 * this number.
 */
export const deepest = 500;

/** Whether an expression is nested deeper than {@link deepest}. */
export function isTooDeep(expression: unknown): boolean {
  if (typeof expression !== "string") return false;
  let brackets = 0;
  let signs = 0;
  for (const [part] of expression.matchAll(/[([{]|[)\]}]|[-+]|[^\s]/g)) {
    signs = part === "-" || part === "+" ? signs + 1 : "([{".includes(part) ? signs : 0;
    if ("([{".includes(part)) brackets += 1;
    if (")]}".includes(part)) brackets -= 1;
    if (brackets + signs > deepest) return true;
  }
  return false;
}

/**
 * The maximum number of labels or annotations of one rule, more than anybody writes. The parser's time grows with the
 * square of this number.
 */
export const widest = 1_000;

/** Whether a map of labels or annotations has more than {@link widest} entries. */
export function isTooWide(texts: unknown): boolean {
  return isMap(texts) && Object.keys(texts).length > widest;
}
