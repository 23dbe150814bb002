import { isMap } from "../../validation/plain-data";

/** Smaller variants of an input, the smallest first: with a key, an entry or some characters less. */
export function* reductions(input: unknown): Generator<unknown> {
  if (typeof input === "string") {
    for (let size = input.length >> 1; size > 0; size >>= 1)
      for (let at = 0; at + size <= input.length; at += size) yield input.slice(0, at) + input.slice(at + size);
    return;
  }
  if (Array.isArray(input)) {
    for (const at of input.keys()) yield input.toSpliced(at, 1) as unknown;
    for (const [at, value] of input.entries())
      for (const smaller of reductionsBelow(value)) yield input.with(at, smaller) as unknown;
  } else if (isMap(input)) {
    for (const gone of Object.keys(input))
      yield Object.fromEntries(Object.entries(input).filter(([key]) => key !== gone));
    for (const [key, value] of Object.entries(input))
      for (const smaller of reductionsBelow(value)) yield { ...input, [key]: smaller };
  }
}

/** Strings within a tree are not shortened: most of them are clearer when complete. */
const reductionsBelow = (value: unknown) => (typeof value === "string" ? [] : reductions(value));

/** The smallest part of an input for which a condition still holds; the condition is checked for many parts at once. */
export async function smallest<Input>(
  input: Input,
  stillSo: (parts: readonly Input[]) => Promise<readonly boolean[]>,
): Promise<Input> {
  for (let left = input, rounds = 0; ; rounds++) {
    const parts = [...(reductions(left) as Generator<Input>)];
    if (parts.length === 0 || rounds > 60) return left;
    const so = await stillSo(parts);
    const next = parts.find((_, at) => so[at]);
    if (next === undefined) return left;
    left = next;
  }
}
