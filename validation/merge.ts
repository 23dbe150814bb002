import { isMap, isUnsafeKey, type PlainMap } from "./plain-data";

/** What happens where an override is null. */
export interface MergeOptions {
  /** Whether a null takes away the value below it. Default: it stays, for Helm to delete the chart's default. */
  readonly nullDeletes?: boolean;
}

/**
 * Lays an override over values the way Helm does: maps merge, everything else replaces, lists too. Both are plain data;
 * neither is changed, and the result shares nothing with the override.
 */
export function mergeValues(base: object, override: object, options: MergeOptions = {}): PlainMap {
  const merged: PlainMap = { ...base };
  for (const [key, value] of Object.entries(override)) {
    // Undefined is a key that is not there.
    if (isUnsafeKey(key) || value === undefined) continue;
    const below = merged[key];
    if (value === null && options.nullDeletes && Object.hasOwn(merged, key)) delete merged[key];
    else if (isMap(value)) merged[key] = mergeValues(isMap(below) ? below : {}, value, options);
    else merged[key] = structuredClone(value);
  }
  return merged;
}
