import type { Finding, Path } from "../validation/finding";
import { error } from "../validation/finding";
import { isMap, plainData } from "../validation/plain-data";
import { at, factOf, hasDefault, type Keys } from "./contract";

/** A copy as plain data without `null`s: each `null` either deletes a default of the chart or is reported. */
export function plainValues(values: unknown, keys: Keys): { copy: unknown; findings: Finding[] } {
  const { copy, findings } = plainData(values);
  const withoutNulls = (value: unknown, path: Path): unknown => {
    if (value === null) {
      findings.push(...ofNull(path, keys));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, index) => withoutNulls(item, [...path, index]));
    if (!isMap(value)) return value;
    const kept = Object.entries(value).map(([key, inner]) => [key, withoutNulls(inner, [...path, key])] as const);
    return Object.fromEntries(kept.filter(([, inner]) => inner !== undefined));
  };
  return { copy: withoutNulls(copy, []), findings };
}

function ofNull(path: Path, keys: Keys): Finding[] {
  if (path.length === 0) return [error(path, "is null; leave it out, or write a map")];
  if (typeof path.at(-1) === "number")
    return [error(path, "is null, which is not valid in a list of the chart; remove the line")];
  const known = at(keys, path);
  // `null` is accepted where the chart's own values.yaml has it, because users paste from there.
  if (hasDefault(known) || (typeof known === "string" && factOf(known).from === "empty")) return [];
  const flag =
    path.at(-2) === "extraArgs" && path[0] !== "alertmanager"
      ? '. A flag without a value is written with the empty string ""'
      : "";
  const what =
    "is null, which deletes a default of the chart, and the chart has none here; leave the key out, or give it a value";
  return [error(path, `${what}${flag}`)];
}
