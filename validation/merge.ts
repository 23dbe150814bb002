import { isMap, isUnsafeKey, type PlainMap } from "./plain-data";

/** How to handle `null` in an override. */
export interface MergeOptions {
  /** Whether `null` deletes the value below it. Default: the `null` stays, for Helm to delete the chart's default. */
  readonly nullDeletes?: boolean;
}

/**
 * Merges an override over values like Helm does: maps are merged, and everything else, including lists, is replaced.
 * Both are plain data; neither is changed, and the result shares no objects with the override.
 */
export function mergeValues(base: object, override: object, options: MergeOptions = {}): PlainMap {
  const merged: PlainMap = { ...base };
  for (const [key, value] of Object.entries(override)) {
    // An undefined value counts as a missing key.
    if (isUnsafeKey(key) || value === undefined) continue;
    const below = merged[key];
    if (value === null && options.nullDeletes && Object.hasOwn(merged, key)) delete merged[key];
    else if (isMap(value)) merged[key] = mergeValues(isMap(below) ? below : {}, value, options);
    else merged[key] = structuredClone(value);
  }
  return merged;
}
