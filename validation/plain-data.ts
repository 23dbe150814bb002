import { error, type Finding, type Path } from "./finding";

/** A map with arbitrary keys and values. */
export type PlainMap = Record<string, unknown>;

/** The maximum nesting depth, deeper than any real configuration. */
export const deepestNesting = 64;

/** Keys that reach an object's prototype instead of a value. */
const unsafeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a key would reach into the prototypes of the runtime. */
export const isUnsafeKey = (key: string) => unsafeKeys.has(key);

/** Whether a value is a map of YAML or JSON: neither a list nor `null`. */
export function isMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a map; otherwise an empty map. */
export function mapOf(value: unknown): Readonly<PlainMap> {
  return isMap(value) ? value : {};
}

/** The value if it is a list; otherwise an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value at a path; undefined if there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key) ? (here as PlainMap)[key] : undefined,
    root,
  );
}

/** The value and every value below it, each with its path. Values for which `skips` returns true are not searched. */
export function* everyValue(
  value: unknown,
  path: Path = [],
  skips: (path: Path, value: unknown) => boolean = () => false,
): Generator<{ readonly value: unknown; readonly path: Path }> {
  yield { value, path };
  if (typeof value !== "object" || value === null || skips(path, value)) return;
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value))
    yield* everyValue(inner, [...path, isList ? Number(key) : key], skips);
}

/**
 * A copy of a value as plain data, like YAML contains, and a finding for each part that is not plain data and is left
 * out: functions, instances of classes, circular references, unsafe keys, too deep nesting. The copy shares no objects
 * with the original, and is safe to traverse and print.
 */
export function plainData(root: unknown): { readonly copy: unknown; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  const above = new Set<object>();
  const refuse = (path: Path, sentence: string): undefined => {
    findings.push(error(path, sentence));
    return undefined;
  };
  const copyOf = (value: unknown, path: Path): unknown => {
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint")
      return refuse(path, `is a ${typeof value}, which no configuration can hold; write a string or a number.`);
    if (typeof value === "number" && !Number.isFinite(value))
      return refuse(path, `is ${value}, which no configuration can hold; write a number.`);
    if (typeof value !== "object" || value === null) return value;
    if (above.has(value)) return refuse(path, "contains itself; write the value out.");
    if (path.length > deepestNesting)
      return refuse(path.slice(0, 8), `is nested more than ${deepestNesting} levels deep, which nothing here needs.`);
    if (!Array.isArray(value) && !isPlainObject(value))
      return refuse(path, "is an object of a class (an Output, a Date ...); write the plain value.");
    above.add(value);
    const copy = Array.isArray(value)
      ? value.map((item, index) => copyOf(item, [...path, index]))
      : Object.fromEntries(
          Object.entries(value).flatMap(([key, inner]) => {
            const made = isUnsafeKey(key)
              ? refuse([...path, key], "is not a valid key; remove it.")
              : copyOf(inner, [...path, key]);
            return made === undefined ? [] : [[key, made]];
          }),
        );
    above.delete(value);
    return copy;
  };
  return { copy: copyOf(root, []), findings };
}

/** Whether an object is not an instance of a class; plain objects from another context of the runtime count too. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
