import { at, type Contract, factOf, leaves } from "../../chart/contract";

/** What an upgrade of the chart changes, in plain words. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly retyped: readonly string[];
}

/** Compares two contracts. Removed and retyped keys at or below a path that this program sets come first. */
export function differenceOf(before: Contract, after: Contract, ours: readonly (readonly string[])[]): Difference {
  const old = factsOf(before);
  const now = factsOf(after);
  const touched = new Set(ours.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join("."))));
  const isOurs = (path: string) => touched.has(path) || ours.some((one) => path.startsWith(`${one.join(".")}.`));
  const told = (paths: readonly string[], words: (path: string) => string) =>
    [...paths]
      .sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)) || (a < b ? -1 : 1))
      .map((path) => `${words(path)}${isOurs(path) ? " (set by this program)" : ""}`);
  return {
    added: told(
      [...now.keys()].filter((path) => !old.has(path)),
      (path) => path,
    ),
    removed: told(
      [...old.keys()].filter((path) => !now.has(path)),
      (path) => path,
    ),
    retyped: told(
      [...now.keys()].filter((path) => old.has(path) && old.get(path) !== now.get(path)),
      (path) => `${path}: ${old.get(path)} -> ${now.get(path)}`,
    ),
  };
}

/** Keys by dotted path, each with what a user would notice: its kind, and whether anything reads it. */
function factsOf({ keys }: Contract): ReadonlyMap<string, string> {
  return new Map(
    [...leaves(keys)].map(([path, words]) => {
      const { kind, dead } = factOf(words);
      return [path.join("."), `${kind}${dead ? ", read by nothing" : ""}`];
    }),
  );
}

/** Paths of values down to the first value that is not a map, or to the end of the contract. */
export function pathsOf(values: unknown, { keys }: Contract, path: readonly string[] = []): string[][] {
  const inContract = path.length === 0 || typeof at(keys, path) === "object";
  if (!inContract || typeof values !== "object" || values === null || Array.isArray(values)) return [[...path]];
  return Object.entries(values).flatMap(([key, inner]) => pathsOf(inner, { keys, charts: {} }, [...path, key]));
}
