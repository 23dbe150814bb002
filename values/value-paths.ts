import type { Path } from "../validation/finding";
import { isMap, type PlainMap } from "../validation/plain-data";

/**
 * A copy of a tree of maps without what lies at the paths; a path into a list takes the whole list out, and
 * a map of which nothing is left goes too.
 */
export function withoutPaths(values: Readonly<PlainMap>, paths: readonly Path[]): PlainMap {
  if (paths.some((path) => path.length === 0)) return {};
  const gone = new Map<string, Path[]>();
  for (const [first, ...rest] of paths) {
    const key = String(first);
    const inner = gone.get(key);
    if (inner === undefined) gone.set(key, [rest]);
    else inner.push(rest);
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const inner = gone.get(key);
      if (inner === undefined) return [[key, value]];
      if (!isMap(value) || inner.some((path) => path.length === 0)) return [];
      const left = withoutPaths(value, inner);
      return Object.keys(left).length === 0 ? [] : [[key, left]];
    }),
  );
}
