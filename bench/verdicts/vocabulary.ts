import { isMap } from "../../validation/plain-data";

/** The keys of each map and the kind of each key's value, by the key that contains the map. */
export type KindsBelow = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * For each key of a configuration file, the keys that its value may have. If a key occurs with two types, the later one
 * counts.
 */
export function kindsBelow(types: KindsBelow): KindsBelow {
  return Object.fromEntries(
    Object.values(types).flatMap((kinds) =>
      Object.entries(kinds).flatMap(([key, kind]) => {
        const type = types[kind.replace(/^(\[\]|\{\})+/, "")];
        return type === undefined ? [] : [[key, type]];
      }),
    ),
  );
}

/** What a language offers for insertion: keys that occur in the same map, and values that were seen at a key. */
export interface Vocabulary {
  readonly keysBelow: (parent: string) => readonly string[];
  readonly valuesAt: (key: string) => readonly unknown[];
}

const examples: Readonly<Record<string, readonly unknown[]>> = {
  any: ["a", { a: 1 }, [1]],
  bool: [true, false],
  bytes: ["10MB", 0, "1.5GB", "1GiB"],
  duration: ["5m", "30s", "1h30m", "0s", "1d"],
  float: [0.5, 1, 2],
  goDuration: ["10s", "1m30s"],
  range: ["monday:friday", "1:5", "may"],
  int: [1, 100, 9090],
  secret: ["a"],
  string: ["a", "/a", "a.example:9090", "http://a.example/"],
  uint: [1, 100, 0],
  url: ["http://a.example/", "https://a.example:8443/b?c=d", "socks5://a.example:1080"],
};

function examplesOf(kind: string): readonly unknown[] {
  if (kind.startsWith("[]")) return [examplesOf(kind.slice(2)).slice(0, 2), []];
  if (kind.startsWith("{}")) return [{ a: examplesOf(kind.slice(2))[0] }, {}];
  return examples[kind] ?? [{}];
}

/** The vocabulary of some seeds and of the known types of the language. */
export function vocabularyOf(seeds: readonly unknown[], kinds: KindsBelow): Vocabulary {
  const keys = new Map<string, Set<string>>();
  const values = new Map<string, Map<string, unknown>>();
  const learn = (parent: string, key: string, value: unknown) => {
    keys.set(parent, (keys.get(parent) ?? new Set()).add(key));
    values.set(key, (values.get(key) ?? new Map<string, unknown>()).set(JSON.stringify(value), value));
  };
  const read = (value: unknown, parent: string) => {
    if (Array.isArray(value)) value.forEach((item) => read(item, parent));
    else if (isMap(value))
      for (const [key, inner] of Object.entries(value)) {
        learn(parent, key, inner);
        read(inner, key);
      }
  };
  for (const [parent, below] of Object.entries(kinds))
    for (const [key, kind] of Object.entries(below)) examplesOf(kind).forEach((value) => learn(parent, key, value));
  seeds.forEach((seed) => read(seed, ""));
  return {
    keysBelow: (parent) => [...(keys.get(parent) ?? [])],
    valuesAt: (key) => [...(values.get(key)?.values() ?? [])],
  };
}
