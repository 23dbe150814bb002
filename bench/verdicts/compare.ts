import { type Finding, writtenPath } from "../../validation/finding";
import type { Kind } from "./kind";
import { purposeOf } from "./on-purpose";
import { pick, randomFrom } from "../random";
import { smallest } from "./shrink";
import type { Ask } from "./tools";

/** Inputs on which the verdicts differ in the same way, grouped by the message of the side that refuses. */
export interface Difference {
  readonly direction: "taken here" | "refused here";
  /** The message of the side that refuses, without the parts that are specific to one input. */
  readonly words: string;
  readonly count: number;
  /** The smallest such input that was found, and the message about it. */
  readonly input: unknown;
  readonly says: string;
}

export interface Comparison {
  readonly tried: number;
  readonly refusedThere: number;
  readonly refusedHere: number;
  /** How many inputs only this program refuses, on purpose, by kind. */
  readonly onPurpose: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/** The verdicts of this program's checks and of the tool on a number of inputs of one kind. */
export async function compare(of: Kind, ask: Ask, { seed, each }: { seed: number; each: number }): Promise<Comparison> {
  const next = randomFrom(seed);
  const inputs = Array.from({ length: each }, () => of.mutated(pick(of.seeds, next), next));
  const here = inputs.map((input) => errorsOf(of, input));
  const there = await ask(inputs.map((input) => of.file(input)));
  const onPurpose = new Map<string, number>();
  const groups = new Map<string, { direction: Difference["direction"]; words: string; found: unknown[] }>();
  inputs.forEach((input, at) => {
    const verdict = differenceOf(here[at]!, there[at]);
    if (verdict === undefined) return;
    if ("purpose" in verdict) onPurpose.set(verdict.purpose, (onPurpose.get(verdict.purpose) ?? 0) + 1);
    else {
      const key = `${verdict.direction}: ${verdict.words}`;
      const group = groups.get(key) ?? { ...verdict, found: [] };
      groups.set(key, group);
      group.found.push(input);
    }
  });
  const differences: Difference[] = [];
  for (const { direction, words, found } of groups.values()) {
    const shortest = found.reduce((best, one) => (sizeOf(one) < sizeOf(best) ? one : best));
    const input = await smallest(shortest, async (parts) => {
      const said = await ask(parts.map((part) => of.file(part)));
      return parts.map((part, at) => {
        const verdict = differenceOf(errorsOf(of, part), said[at]);
        return (
          verdict !== undefined && "words" in verdict && verdict.words === words && verdict.direction === direction
        );
      });
    });
    const [said] = await ask([of.file(input)]);
    const [first] = errorsOf(of, input).filter((finding) => purposeOf(finding) === undefined);
    const says = said?.replace(/^parsing YAML file \S+: /, "") ?? `${writtenPath(first!.path)}: ${first!.sentence}`;
    differences.push({ direction, words, count: found.length, input, says });
  }
  return {
    tried: each,
    refusedThere: there.filter((said) => said !== undefined).length,
    refusedHere: here.filter((errors) => errors.length > 0).length,
    onPurpose,
    differences: differences.toSorted((one, other) => other.count - one.count),
  };
}

const errorsOf = (of: Kind, input: unknown) => of.check(input).filter(({ severity }) => severity === "error");
const sizeOf = (input: unknown) => JSON.stringify(input).length;

/**
 * The difference in the verdicts on an input, if there is one. If only this program refuses the input, and all its
 * messages are listed as refusals on purpose, the result is the purpose.
 */
function differenceOf(
  here: readonly Finding[],
  there: string | undefined,
): { purpose: string } | Pick<Difference, "direction" | "words"> | undefined {
  if (here.length === 0) return there === undefined ? undefined : { direction: "taken here", words: common(there) };
  if (there !== undefined) return undefined;
  const stray = here.find((finding) => purposeOf(finding) === undefined);
  if (stray === undefined) return { purpose: purposeOf(here[0]!)! };
  const key = stray.path.findLast((part) => typeof part === "string") ?? "";
  return { direction: "refused here", words: `${key} ${common(stray.sentence)}` };
}

/** A message without the quoted strings, numbers and names that are specific to one input. */
const common = (words: string) =>
  words
    .replace(/^.*?(?=line \d+:|template: )/s, "")
    .replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|'[^']*'/g, "…")
    .replaceAll(/\/tmp\/\S+/g, "")
    .replaceAll(/field .*? not found/g, "field not found")
    .replaceAll(/-?\d+(\.\d+)?/g, "0")
    .slice(0, 150);
