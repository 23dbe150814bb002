type Values = Record<string, unknown>;

/** Keys that would reach into the runtime's own objects. */
const ofTheRuntime = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Lays an override over values the way Helm does: maps merge, everything else replaces, lists too. A null stays, for it
 * is Helm that deletes the chart's default. Neither argument is changed. What leads back to itself is kept as it is, so
 * that the check of the values can tell of it.
 */
export function mergeValues(base: object, override: object): Values {
  return merge(base, override, []);
}

function merge(base: object, override: object, above: readonly object[]): Values {
  const merged: Values = { ...base };
  for (const [key, value] of Object.entries(override)) {
    // Undefined is a key that is not there.
    if (ofTheRuntime.has(key) || value === undefined) continue;
    const below = merged[key];
    merged[key] =
      isMap(below) && isMap(value) && !isEndless(value, above)
        ? merge(below, value, [...above, override])
        : copyOf(value, [...above, override]);
  }
  return merged;
}

function copyOf(value: unknown, above: readonly object[]): unknown {
  if (typeof value !== "object" || value === null || isEndless(value, above)) return value;
  return Array.isArray(value) ? value.map((item) => copyOf(item, [...above, value])) : merge({}, value, above);
}

/** A cycle, or deeper than anything that a chart has. */
function isEndless(value: object, above: readonly object[]): boolean {
  return above.includes(value) || above.length > 100;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
