import { pick, type Random } from "../random";
import { mutatedText } from "./texts";
import type { Vocabulary } from "./vocabulary";
import { isMap } from "../../validation/plain-data";

export type Path = readonly (string | number)[];
type Tree = Record<string, unknown>;

/** A value within a tree, and the map or list that contains it. */
interface Place {
  readonly path: Path;
  readonly value: unknown;
  readonly above: Tree | unknown[];
}

/** Values that are valid at some keys and wrong at others. */
const pool: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 65536, [], {}, ""],
  ...["true", "yes", "5", "0", " ", "a", "a b", "/a", "a:b", "ä", "a.b", "__name__", "..."],
  ...["5m", "5", "0s", "1h30m", "30m1h", "-5m", "1.5h", "5 m", "1y", "10MB", "10", "1e3"],
  ...["http://a.example/", "ftp://a.example/", "a.example", "a.example:9090", "http://", "//a.example/"],
  ...["http://a:b@c/", "http://a.example/?token=abc"],
  ...["(", "(.*)", "$1", "${1}_x", "^a$", "a=b", 'a="b"', "a=~(", "{{ .Value }}", "{{", "{{ foo }}"],
  ...[["a"], [null], [1], [""], ["a", "a"], { a: "b" }, { a: 1 }, { a: null }, { "": "a" }, [["a"]], [{}]],
];

/** A change of a value, given all the values that may be changed. */
type Change = (place: Place, next: Random, places: readonly Place[]) => void;

/** Makes copies of a language's trees with one or two changes, each at a key or value that is `free`. */
export function treeMutation(words: Vocabulary, free: (path: Path) => boolean = () => true) {
  const keysAt = (path: Path) => words.keysBelow(nameOf(path)).filter((key) => free([...path, key]));

  /** Replaces a value by one seen at the same key, or by any other. */
  const valueAt = (key: string, next: Random): unknown => {
    const seen = words.valuesAt(key);
    return structuredClone(seen.length > 0 && next() < 0.75 ? pick(seen, next) : pick(pool, next));
  };

  /** Adds a key to a map: mostly one that is known there. */
  const add = ({ path, map }: { path: Path; map: Tree }, next: Random): void => {
    const known = keysAt(path);
    const key = known.length > 0 && next() < 0.95 ? pick(known, next) : "a";
    map[key] = valueAt(key, next);
  };

  /** Replaces a key by a misspelled one, or by another one that is known there. */
  const rename: Change = (place, next) => {
    if (Array.isArray(place.above)) return;
    remove(place, next, []);
    const siblings = keysAt(place.path.slice(0, -1));
    const isTypo = next() < 0.4 || siblings.length === 0;
    place.above[isTypo ? mutatedText(String(place.path.at(-1)), next) : pick(siblings, next)] = place.value;
  };

  const replace: Change = (place, next) => put(place, valueAt(nameOf(place.path), next));

  const mutate = (tree: unknown, next: Random): void => {
    const all = [...placesIn(tree, [])];
    const places = all.filter(({ path }) => free(path));
    const maps = [{ path: [], value: tree }, ...all].flatMap(({ path, value }) =>
      isMap(value) && free([...path, "a"]) ? [{ path, map: value }] : [],
    );
    if (maps.length > 0 && (next() < 0.35 || places.length === 0)) add(pick(maps, next), next);
    else if (places.length > 0)
      pick([remove, remove, rename, repeat, copyOver, misspell, misspell, wrap, replace, replace], next)(
        pick(places, next),
        next,
        places,
      );
  };

  return <T>(tree: T, next: Random): T => {
    const copy = structuredClone(tree);
    for (let times = next() < 0.6 ? 1 : 2; times > 0; times--) mutate(copy, next);
    return copy;
  };
}

const remove: Change = ({ path, above }) => {
  if (Array.isArray(above)) above.splice(Number(path.at(-1)), 1);
  else delete above[path.at(-1)!];
};
const repeat: Change = ({ above, value }) => {
  if (Array.isArray(above)) above.push(structuredClone(value));
};
/** Copies the value of another place over a value. */
const copyOver: Change = (place, next, places) => put(place, structuredClone(pick(places, next).value));
const misspell: Change = (place, next) => {
  if (typeof place.value === "string") put(place, mutatedText(place.value, next));
};
/** Replaces a list by its first entry, and any other value by a list that contains it. A scalar becomes a string. */
const wrap: Change = (place, next) => {
  if (next() < 0.5) put(place, [place.value]);
  else put(place, Array.isArray(place.value) ? place.value[0] : JSON.stringify(place.value));
};

function put({ path, above }: Place, value: unknown): void {
  (above as Record<string | number, unknown>)[path.at(-1)!] = value;
}

/** The key of a value, or the key of the list that contains it. */
const nameOf = (path: Path) => path.findLast((part): part is string => typeof part === "string") ?? "";

function* placesIn(tree: unknown, path: Path): Generator<Place> {
  if (!Array.isArray(tree) && !isMap(tree)) return;
  for (const [key, value] of Object.entries(tree)) {
    const at = [...path, Array.isArray(tree) ? Number(key) : key];
    yield { path: at, value, above: tree };
    yield* placesIn(value, at);
  }
}
