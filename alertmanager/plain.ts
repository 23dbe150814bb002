import { error, type Finding } from "../configuration/finding";

type Path = readonly (string | number)[];

/** Deeper than any configuration, and shallow enough for whatever walks through it by recursion. */
const deepest = 50;
/** More than any configuration has; what refers to itself over and over grows beyond it. */
const most = 2_000_000;

/** Names that would reach a prototype instead of a key. */
const unsafe = new Set(["__proto__", "constructor", "prototype"]);

/** A copy that holds data alone, which checks can walk through, and what had to be left out of it. */
export function plainCopy(value: unknown): { copy: unknown; findings: Finding[] } {
  const findings: Finding[] = [];
  const above = new Set<object>();
  let count = 0;

  function copied(here: unknown, path: Path): unknown {
    const left = (sentence: string) => {
      findings.push(error(path, sentence));
      return undefined;
    };
    if (++count > most) return count === most + 1 ? left(`is where ${most} values are exceeded`) : undefined;
    if (typeof here === "function" || typeof here === "symbol" || typeof here === "bigint")
      return left(`is a ${typeof here}; accepted: texts, numbers, true and false, lists and objects`);
    if (typeof here === "number" && !Number.isFinite(here)) return left(`is ${here}, which YAML cannot hold`);
    if (typeof here !== "object" || here === null) return here;
    if (above.has(here)) return left("refers back to what it is in, so it has no end; write it out");
    if (path.length > deepest) return left(`is nested more than ${deepest} levels deep`);
    above.add(here);
    const copy = Array.isArray(here) ? listOf(here, path) : objectOf(here, path, left);
    above.delete(here);
    return copy;
  }

  const listOf = (list: readonly unknown[], path: Path) =>
    Array.from(list, (item, index) => copied(item, [...path, index]));

  function objectOf(here: object, path: Path, left: (sentence: string) => undefined): unknown {
    const prototype: unknown = Object.getPrototypeOf(here);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      return left("is no plain object; accepted: texts, numbers, true and false, lists and objects");
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(here)) {
      if (unsafe.has(key)) findings.push(error([...path, key], "is no key that may be set"));
      else if (inner !== undefined) copy[key] = copied(inner, [...path, key]);
    }
    return copy;
  }

  return { copy: copied(value, []), findings };
}
