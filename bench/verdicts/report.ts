import { markdown } from "../markdown";
import type { Comparison } from "./compare";
import type { Kind } from "./kind";
import { onPurpose } from "./on-purpose";

/** One row per kind: how many inputs were tried, how many each side refused, and on how many the verdicts differ. */
export function overview(results: ReadonlyMap<Kind, Comparison>): string {
  const head = ["kind", "tool", "tried", "bad", "taken here, refused there", "refused on purpose", "falsely refused"];
  const rows = [...results].map(([{ name, tool }, one]) => [
    name,
    tool,
    one.tried,
    one.refusedThere,
    countOf(one, "taken here"),
    sum([...one.onPurpose.values()]),
    countOf(one, "refused here"),
  ]);
  return markdown(head, rows);
}

/** Inputs that only this program refuses, and why: how many of each kind. */
export function purposes(results: ReadonlyMap<Kind, Comparison>): string {
  const rows = onPurpose.flatMap(({ kind, reason }) => {
    const count = sum([...results.values()].map((one) => one.onPurpose.get(kind) ?? 0));
    return count === 0 ? [] : [[kind, count, reason]];
  });
  return markdown(["refused on purpose", "inputs", "reason"], rows);
}

/** Each kind of difference with the smallest example that was found. */
export function differences({ name, tool }: Kind, { differences: found }: Comparison): string[] {
  return found.flatMap(({ direction, count, input, says }) => [
    `${name}, ${count}: ${direction === "taken here" ? `taken here, refused by ${tool}` : "refused here alone"}`,
    `    ${JSON.stringify(input)}`,
    `    ${says.replaceAll("\n", "\n    ")}`,
  ]);
}

const countOf = ({ differences: all }: Comparison, direction: string) =>
  sum(all.filter((one) => one.direction === direction).map(({ count }) => count));
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
