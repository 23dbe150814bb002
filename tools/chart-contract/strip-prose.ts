import type { Schema } from "../../chart/contract";

/** Words of a JSON schema that only people read, and defaults, which check nothing. */
const prose = new Set(["description", "title", "examples", "default", "$comment", "$schema", "$id"]);
/** Words below which the keys are names, so that a property may well be called `title`. */
const ofNames = new Set(["properties", "definitions", "$defs", "patternProperties"]);

/** A chart's JSON schema without what does not check anything. */
export function stripProse(schema: Schema): Schema {
  return strip(schema, false) as Schema;
}

function strip(value: unknown, names: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, false));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => names || !prose.has(key))
      .map(([key, inner]) => [key, strip(inner, !names && ofNames.has(key))]),
  );
}
