import { isDeepStrictEqual } from "node:util";
import { deepestNesting, isMap, valueAt } from "../../validation/plain-data";
import { type ItemPair, matchItems } from "./list-items";

/** A part of a leaf's path: a key, or the name (or the position) of an item in a list. */
export type PathPart = { readonly key: string } | { readonly item: string };

/** A value that differs. */
export interface Leaf {
  readonly path: readonly PathPart[];
  /** The old value. Undefined: there was none. */
  readonly old?: unknown;
  /** The new value. Undefined: there will be none. */
  readonly now?: unknown;
}

/** Every leaf that differs. Lists of named items are compared by name, other lists by position. */
export function leavesBetween(old: unknown, now: unknown, path: readonly PathPart[] = []): Leaf[] {
  if (isDeepStrictEqual(old, now)) return [];
  const [before, after] = [opened(old), opened(now)];
  // Below the maximum depth, values are compared and shown as a whole.
  if (path.length >= deepestNesting) return [{ path, old, now }];
  if (isMap(before) && isMap(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => leavesBetween(valueAt(before, [key]), valueAt(after, [key]), [...path, { key }]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return leavesOfLists(before, after, path);
  // A list that is added or removed completely is shown by its named items.
  if (before === undefined || after === undefined) {
    const items = leavesOfWhole(before, after, path);
    if (items.length > 0) return items;
  }
  return [{ path, old, now }];
}

function leavesOfLists(old: readonly unknown[], now: readonly unknown[], path: readonly PathPart[]): Leaf[] {
  const matched = matchItems(old, now);
  if (matched !== undefined) {
    const { order } = matched;
    return [
      ...matched.pairs.flatMap((pair) => leavesOfPair(pair, path)),
      ...(order ? [{ path: [...path, { key: "order" }], old: order.old, now: order.now }] : []),
    ];
  }
  // For lists of strings, the whole list is clearer than a comparison by position.
  if ([...old, ...now].every((item) => typeof item !== "object" || item === null)) return [{ path, old, now }];
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => index).flatMap((index) =>
    leavesBetween(old[index], now[index], [...path, { item: String(index) }]),
  );
}

function leavesOfPair({ name, old, now }: ItemPair, path: readonly PathPart[]): Leaf[] {
  return leavesBetween(old, now, [...path, { item: name }]);
}

/** A map or list that contains lists of named items, such as a group of rules: one entry for each of them. */
function leavesOfWhole(old: unknown, now: unknown, path: readonly PathPart[]): Leaf[] {
  const whole = old ?? now;
  const side = (value: unknown) => (old === undefined ? { now: value } : { old: value });
  if (Array.isArray(whole)) {
    const matched = matchItems(old === undefined ? [] : whole, now === undefined ? [] : whole);
    return (matched?.pairs ?? []).flatMap((pair) => leavesOfPair(pair, path));
  }
  if (!isMap(whole) || !Array.isArray(whole.rules)) return [];
  const { rules, ...rest } = whole;
  const others = Object.entries(rest).filter(([key]) => key !== "name");
  return [
    ...leavesOfWhole(old === undefined ? undefined : rules, now === undefined ? undefined : rules, [
      ...path,
      { key: "rules" },
    ]),
    ...others.map(([key, value]) => ({ path: [...path, { key }], ...side(value) })),
  ];
}

/**
 * The content of a string that is JSON, such as a policy, so that its leaves are compared. Other values stay as they
 * are.
 */
function opened(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** A path in its written form: `values.server.tolerations[dedicated].value`. */
export function written(path: readonly PathPart[]): string {
  return path
    .map((part, index) => {
      if ("item" in part) return `[${part.item}]`;
      const plain = /^[A-Za-z_][\w-]*$/.test(part.key);
      return plain ? `${index === 0 ? "" : "."}${part.key}` : `["${part.key}"]`;
    })
    .join("");
}
