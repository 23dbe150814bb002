import { error, type Finding, type Path } from "./finding";

/** A map of which only the form is known. */
export type PlainMap = Record<string, unknown>;

/** Deeper than anything that a stack, a chart or a tool's configuration needs. */
export const deepestNesting = 64;

/** Keys that reach an object's prototype instead of a value. */
const unsafeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a key would reach into the objects of the runtime. */
export const isUnsafeKey = (key: string) => unsafeKeys.has(key);

/** Whether a value is a map, as YAML or JSON makes one: neither a list nor null. */
export function isMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The map at hand; an empty one where there is something else. */
export function mapOf(value: unknown): Readonly<PlainMap> {
  return isMap(value) ? value : {};
}

/** The list at hand; an empty one where there is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key) ? (here as PlainMap)[key] : undefined,
    root,
  );
}

/** Every value below a value of plain data, and itself, each with its path; what `skips` names is not entered. */
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
 * A copy of a value that is plain data, as YAML holds it, and a finding for each part that is not and is left out of the
 * copy: functions, objects of classes, values that contain themselves, keys of the runtime, nesting without need. The
 * copy shares nothing with the original, and can be walked and printed without further care.
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

/** Whether an object is not of a class; one that was made in another context of the runtime counts as plain too. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
