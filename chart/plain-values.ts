import type { Finding } from "../validation/finding";
import { error } from "../validation/finding";
import { at, factOf, hasDefault, type Keys } from "./contract";

type Path = readonly (string | number)[];

/** Deeper than any value of a chart; beyond it the libraries' own recursion would end. */
const deepest = 64;
/** Keys by which a map would reach into the runtime's own objects. */
const ofTheRuntime = ["__proto__", "constructor", "prototype"];

/**
 * A copy that is plain data, so that what walks it next needs no care: without cycles, without keys of the runtime, not
 * too deep, and without the nulls, of which each either deletes a default of the chart or is a finding.
 */
export function plainValues(values: unknown, keys: Keys): { copy: unknown; findings: Finding[] } {
  const findings: Finding[] = [];
  const above = new Set<object>();
  const copyOf = (value: unknown, path: Path): unknown => {
    if (value === null) {
      const finding = ofNull(path, keys);
      if (finding) findings.push(finding);
      return undefined;
    }
    if (typeof value === "number" && !Number.isFinite(value))
      return refuse(path, `is ${value}, which no YAML can hold`);
    if (typeof value !== "object") {
      return ["string", "number", "boolean", "undefined"].includes(typeof value)
        ? value
        : refuse(path, `is a ${typeof value}; values are texts, numbers, true or false, lists and maps`);
    }
    if (above.has(value)) return refuse(path, "leads back to itself: such a value has no end");
    if (path.length > deepest) return refuse(path.slice(0, 8), `is nested more than ${deepest} levels deep`);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
      return refuse(path, "is an object of a class (an Output, a Date ...); write the plain value");
    }
    above.add(value);
    const copy = Array.isArray(value) ? value.map((item, index) => copyOf(item, [...path, index])) : ofMap(value, path);
    above.delete(value);
    return copy;
  };
  const ofMap = (map: object, path: Path): Record<string, unknown> => {
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(map)) {
      if (ofTheRuntime.includes(key)) refuse([...path, key], "is no key that a chart could have; take it out");
      else if (inner !== undefined) {
        const made = copyOf(inner, [...path, key]);
        if (made !== undefined) copy[key] = made;
      }
    }
    return copy;
  };
  const refuse = (path: Path, sentence: string): undefined => {
    findings.push(error(path, sentence));
    return undefined;
  };
  return { copy: copyOf(values, []), findings };
}

function ofNull(path: Path, keys: Keys): Finding | undefined {
  if (path.length === 0) return error(path, "is null; leave it out, or write a map");
  if (typeof path.at(-1) === "number")
    return error(path, "is null, which no list of the chart can hold; take the line out");
  const known = at(keys, path);
  // What the chart itself leaves empty may be pasted so.
  if (hasDefault(known) || (typeof known === "string" && factOf(known).from === "empty")) return undefined;
  const flag =
    path.at(-2) === "extraArgs" && path[0] !== "alertmanager"
      ? '. A flag without a value is written with the empty text ""'
      : "";
  const what =
    "is null, which deletes a default of the chart, and the chart has none here; leave the key out, or give it a value";
  return error(path, `${what}${flag}`);
}
