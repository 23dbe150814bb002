import { closest, distance } from "fastest-levenshtein";

/** The one of the names that a mistyped one most likely meant, or undefined when none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, name.length / 3) ? near : undefined;
}
