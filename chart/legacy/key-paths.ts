import { parse } from "yaml";
import type { Path } from "../../validation/finding";
import { isMap, isUnsafeKey, listOf, type PlainMap } from "../../validation/plain-data";

/** The path of a value. It contains only keys, because lists of a values file are not searched. */
export type KeyPath = readonly string[];

/** The keys of a path in the written form: `serverFiles["prometheus.yml"].global`. */
export function keyPath(written: string): KeyPath {
  return [...written.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Puts a value at a path and creates the maps and lists on the way. It replaces other kinds of values on the way. */
export function put(root: PlainMap, path: Path, value: unknown): void {
  if (path.length === 0 || path.some((key) => typeof key === "string" && isUnsafeKey(key))) return;
  let here: PlainMap | unknown[] = root;
  path.forEach((key, index) => {
    const next = path[index + 1];
    const before = Object.hasOwn(here, key) ? (here as PlainMap)[key] : undefined;
    const isRight = typeof next === "number" ? Array.isArray(before) : isMap(before);
    const made = next === undefined ? value : isRight ? before : typeof next === "number" ? [] : {};
    // Skipped positions of a list become `null`, as in Helm.
    while (Array.isArray(here) && here.length < Number(key)) here.push(null);
    (here as PlainMap)[key] = made;
    here = made as PlainMap | unknown[];
  });
}

/** Removes the value at a path, and maps on the way that become empty. */
export function drop(tree: PlainMap, path: KeyPath): void {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(tree, key)) return;
  if (rest.length === 0) delete tree[key];
  else {
    const inner = tree[key];
    if (!isMap(inner)) return;
    drop(inner, rest);
    if (Object.keys(inner).length === 0) delete tree[key];
  }
}

/** The items of a list that are maps. */
export function mapsIn(value: unknown): PlainMap[] {
  return listOf(value).filter(isMap);
}

/** The content of a YAML string; undefined if it is not YAML. */
export function yamlText(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50 }) as unknown;
  } catch {
    return undefined;
  }
}
