/** This file compares two sets of inputs leaf by leaf, and finds the changes that cannot be made in place. */

import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../validation/plain-data";
import { containsUnknown, Properties } from "./properties";

/** One changed property. */
export interface Change {
  /** The path in the engine's format, for example `values.serverFiles["alerting_rules.yml"].groups[0].name`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** Whether this change requires a replacement of the resource. */
  readonly replace: boolean;
}

export interface DiffOptions {
  /** Properties that cannot change in place, as dotted paths. Each path includes everything below the property. */
  readonly replaceOn?: readonly string[];
}

/** The changed leaves. A value that is not known yet counts as changed, as it does for the engine. */
export function diffProperties(olds: Properties, news: Properties, options: DiffOptions = {}): Change[] {
  const found: { keys: (string | number)[]; kind: Change["kind"] }[] = [];
  compare(olds, news, [], found);
  return found.map(({ keys, kind }) => ({
    path: propertyPath(keys),
    kind,
    replace: (options.replaceOn ?? []).some((pattern) => isAtOrBelow(keys, pattern.split("."))),
  }));
}

function compare(
  old: unknown,
  now: unknown,
  keys: (string | number)[],
  found: { keys: (string | number)[]; kind: Change["kind"] }[],
): void {
  if (isDeepStrictEqual(old, now) && !containsUnknown(now)) return;
  if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++) {
      compareMember(index, index < old.length, index < now.length, old[index], now[index], keys, found);
    }
  } else if (isMap(old) && isMap(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      compareMember(key, key in old, key in now, old[key], now[key], keys, found);
    }
  } else {
    found.push({ keys, kind: "update" });
  }
}

function compareMember(
  key: string | number,
  inOld: boolean,
  inNow: boolean,
  old: unknown,
  now: unknown,
  keys: (string | number)[],
  found: { keys: (string | number)[]; kind: Change["kind"] }[],
): void {
  const here = [...keys, key];
  if (inOld && inNow) compare(old, now, here, found);
  else found.push({ keys: here, kind: inNow ? "add" : "delete" });
}

/** Whether a changed path equals a pattern, is below it, or is above it (if the whole parent was added or removed). */
function isAtOrBelow(keys: readonly (string | number)[], pattern: readonly string[]): boolean {
  return pattern.slice(0, keys.length).every((part, index) => part === "*" || part === String(keys[index]));
}

/** A path in the engine's format: names are bare, other keys are quoted in brackets, and indexes are in brackets. */
export function propertyPath(keys: readonly (string | number)[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    if (/^[A-Za-z_$][\w$]*$/.test(key)) return path === "" ? key : `${path}.${key}`;
    return `${path}[${JSON.stringify(key)}]`;
  }, "");
}
