import { error, type Finding } from "../validation/finding";

const deepest = 40;
/** Names that would reach a prototype instead of a key. */
const unsafe = new Set(["__proto__", "constructor", "prototype"]);

/**
 * What no check can go through, and no YAML hold: references of a value to itself, nesting without need, keys that would
 * reach into JavaScript's own objects, functions. A value without any of these can be walked and printed.
 */
export function treeFindings(root: unknown): Finding[] {
  const findings: Finding[] = [];
  const above = new Set<object>();
  const whole = new Set<object>();

  function walk(value: unknown, path: readonly (string | number)[]): void {
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint")
      findings.push(error(path, `is a ${typeof value}, which no configuration can hold; write a text or a number.`));
    if (typeof value === "number" && !Number.isFinite(value))
      findings.push(error(path, `is ${value}, which no configuration can hold; write a number.`));
    if (typeof value !== "object" || value === null) return;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      findings.push(error(path, "is no plain object; write a map."));
      return;
    }
    if (above.has(value)) {
      findings.push(error(path, "refers to what it is itself a part of; write the value out."));
      return;
    }
    if (path.length > deepest) {
      findings.push(error(path, `is nested more than ${deepest} deep, which nothing here needs.`));
      return;
    }
    // What YAML anchors repeat is walked once.
    if (whole.has(value)) return;
    above.add(value);
    if (Array.isArray(value)) value.forEach((item, index) => walk(item, [...path, index]));
    else
      for (const key of Object.keys(value)) {
        if (unsafe.has(key)) findings.push(error([...path, key], "is no key that a configuration has; remove it."));
        else walk((value as Record<string, unknown>)[key], [...path, key]);
      }
    above.delete(value);
    whole.add(value);
  }

  walk(root, []);
  return findings;
}

/** Whether a value is a map: neither a list nor nothing. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The bytes of a value without cycles as Helm writes it in YAML, about: how a line is quoted is its writer's choice. */
export function yamlBytes(value: unknown, indent = 0): number {
  if (typeof value === "string") {
    const bytes = Buffer.byteLength(value);
    if (!value.includes("\n")) return bytes + (/^[\w(][^:#'"{}[\]]*$/.test(value) ? 1 : 3);
    return bytes + 3 + value.split("\n").length * (indent + 1);
  }
  if (typeof value !== "object" || value === null) return String(value).length + 1;
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + indent + 2 + yamlBytes(item, indent + 2), 1);
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + indent + Buffer.byteLength(key) + 2 + yamlBytes(item, indent + 2),
    0,
  );
}
