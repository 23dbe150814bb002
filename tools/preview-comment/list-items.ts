import { isMap } from "../../validation/plain-data";

/** An item of a list before and after the change. */
export interface ItemPair {
  /** The item's name for people; the second item of the same name gets ` (2)` appended. */
  readonly name: string;
  readonly old?: unknown;
  readonly now?: unknown;
}

/** The items of two lists, matched by name and not by position. */
export interface Matched {
  readonly pairs: readonly ItemPair[];
  /** The names in their order, if the items that both lists have changed places. */
  readonly order?: { readonly old: readonly string[]; readonly now: readonly string[] };
}

type Item = Readonly<Record<string, unknown>>;

/** The keys by which items are matched, the strictest first: items with the same first key are the same item. */
const KINDS: readonly { readonly of: (item: Item) => boolean; readonly keys: readonly ((item: Item) => unknown)[] }[] =
  [
    {
      // A rule; several may have the same name, with different severities.
      of: (item) => has(item, "alert") || has(item, "record"),
      keys: [
        ({ alert, record, labels }) => [alert, record, labels],
        ({ alert, record }) => [alert, record],
        without("alert", "record"),
      ],
    },
    {
      // A route: its matchers identify it.
      of: (item) => matchersOf(item) !== undefined,
      keys: [(item) => [item.receiver, matchersOf(item)], matchersOf, ({ receiver }) => receiver],
    },
    { of: (item) => has(item, "name"), keys: [({ name }) => name, without("name")] },
    { of: (item) => has(item, "job_name"), keys: [({ job_name }) => job_name, without("job_name")] },
    // A toleration, or a requirement of a label selector.
    { of: (item) => has(item, "key"), keys: [({ key, effect }) => [key, effect], ({ key }) => key] },
  ];

/** Matches two lists of named items; undefined if the lists contain anything else. */
export function matchItems(old: readonly unknown[], now: readonly unknown[]): Matched | undefined {
  const items = [...old, ...now];
  const kind = KINDS.find(({ of }) => items.every((item) => isMap(item) && of(item)));
  if (kind === undefined || items.length === 0) return undefined;
  const [olds, nows] = [old as readonly Item[], now as readonly Item[]];
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  for (const key of kind.keys) {
    const waiting = new Map<string, number[]>();
    for (const [at, item] of olds.entries()) {
      if (taken.has(at)) continue;
      const text = JSON.stringify(key(item));
      waiting.set(text, [...(waiting.get(text) ?? []), at]);
    }
    for (const [index, item] of nows.entries()) {
      if (partner.has(index)) continue;
      const found = waiting.get(JSON.stringify(key(item)))?.shift();
      if (found === undefined) continue;
      partner.set(index, found);
      taken.add(found);
    }
  }
  const names = numbered(nows.map(nameOf));
  const gone = olds.flatMap((item, at) => (taken.has(at) ? [] : [item]));
  const pairs = nows.map((item, index) => ({ name: names[index]!, old: olds[partner.get(index) ?? -1], now: item }));
  const removed = numbered(gone.map(nameOf)).map((name, index) => ({ name, old: gone[index] }));
  const kept = [...partner].sort(([a], [b]) => a - b);
  const moved = kept.some(([, at], index) => index > 0 && at < kept[index - 1]![1]);
  if (!moved) return { pairs: [...pairs, ...removed] };
  const inOldOrder = [...kept].sort(([, a], [, b]) => a - b);
  const order = { old: inOldOrder.map(([index]) => names[index]!), now: kept.map(([index]) => names[index]!) };
  return { pairs: [...pairs, ...removed], order };
}

/** The item's name for people. */
export function nameOf(item: Item): string {
  const matchers = matchersOf(item);
  const name = item.alert ?? item.record ?? item.name ?? item.job_name ?? item.key;
  if (name === undefined && matchers !== undefined) return matchers.join(", ");
  return String(name);
}

/** The matchers of a route, in both forms that Alertmanager accepts. */
function matchersOf({ receiver, matchers, match, match_re, routes }: Item): string[] | undefined {
  if (!Array.isArray(matchers) && !isMap(match) && !isMap(match_re)) {
    return receiver === undefined && routes === undefined ? undefined : ["every alert"];
  }
  const pairs = (map: unknown, sign: string) =>
    isMap(map) ? Object.entries(map).map(([key, value]) => `${key}${sign}"${String(value)}"`) : [];
  return [...(Array.isArray(matchers) ? matchers.map(String) : []), ...pairs(match, "="), ...pairs(match_re, "=~")];
}

function without(...keys: readonly string[]): (item: Item) => unknown {
  return (item) => Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));
}

function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function has(item: Item, key: string): boolean {
  return typeof item[key] === "string";
}
