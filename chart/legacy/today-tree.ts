/** A map of whatever a values file can hold. */
export type Tree = Record<string, unknown>;
/** Where a value is: keys alone, because no list of a values file is gone into. */
export type KeyPath = readonly string[];

/** Keys that reach an object's prototype; the check of the values names them, and no translation follows them. */
const unsafe = new Set(["__proto__", "constructor", "prototype"]);
/** Deeper than any values file; what lies deeper is left to the check of the values. */
const depthLimit = 60;

/** Whether a value is a map, as YAML or JSON makes one. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy that shares nothing with the original; cycles, what lies too deep, functions and unsafe keys are left out. */
export function plainCopy(value: unknown, above: readonly object[] = []): unknown {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value) || above.length >= depthLimit) return undefined;
  const below = [...above, value];
  if (Array.isArray(value)) return value.map((item) => plainCopy(item, below)).filter((item) => item !== undefined);
  const copy: Tree = {};
  for (const [key, inner] of Object.entries(value)) {
    const one = unsafe.has(key) ? undefined : plainCopy(inner, below);
    if (one !== undefined) copy[key] = one;
  }
  return copy;
}

/** The keys of a path as people write it: `serverFiles["prometheus.yml"].global`. */
export function keyPath(written: string): KeyPath {
  return [...written.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** The value at a path; undefined where there is none. */
export function at(tree: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((here, key) => (isTree(here) && Object.hasOwn(here, key) ? here[key] : undefined), tree);
}

/** Puts a value at a path, making the maps on the way; a value that is no map gives way to one. */
export function put(tree: Tree, path: KeyPath, value: unknown): void {
  if (path.length === 0 || path.some((key) => unsafe.has(key))) return;
  let here = tree;
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(here, key) ? here[key] : undefined;
    if (isTree(next)) here = next;
    else {
      const made: Tree = {};
      here[key] = made;
      here = made;
    }
  }
  here[path.at(-1)!] = value;
}

/** Takes away what is at a path, and the maps on the way that it leaves empty. */
export function drop(tree: Tree, path: KeyPath): void {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(tree, key)) return;
  if (rest.length === 0) delete tree[key];
  else {
    const inner = tree[key];
    if (!isTree(inner)) return;
    drop(inner, rest);
    if (Object.keys(inner).length === 0) delete tree[key];
  }
}

/** The items of a list; none of anything else. */
export function items(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The items of a list that are maps. */
export function trees(value: unknown): Tree[] {
  return items(value).filter(isTree);
}
