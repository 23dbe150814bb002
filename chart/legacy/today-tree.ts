import { isMap, isUnsafeKey, listOf, type PlainMap } from "../../validation/plain-data";

/** Where a value is: keys alone, because no list of a values file is gone into. */
export type KeyPath = readonly string[];

/** The keys of a path as people write it: `serverFiles["prometheus.yml"].global`. */
export function keyPath(written: string): KeyPath {
  return [...written.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Puts a value at a path, making the maps on the way; a value that is no map gives way to one. */
export function put(tree: PlainMap, path: KeyPath, value: unknown): void {
  if (path.length === 0 || path.some(isUnsafeKey)) return;
  let here = tree;
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(here, key) ? here[key] : undefined;
    if (isMap(next)) here = next;
    else {
      const made: PlainMap = {};
      here[key] = made;
      here = made;
    }
  }
  here[path.at(-1)!] = value;
}

/** Takes away what is at a path, and the maps on the way that it leaves empty. */
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
export function trees(value: unknown): PlainMap[] {
  return listOf(value).filter(isMap);
}
