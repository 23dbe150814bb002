import type { Schema } from "../../chart/contract";

/** Keywords of a JSON schema that check nothing: descriptions for people, and defaults. */
const prose = new Set(["description", "title", "examples", "default", "$comment", "$schema", "$id"]);
/** Keywords whose keys are names, so that a property may be called `title`. */
const ofNames = new Set(["properties", "definitions", "$defs", "patternProperties"]);

/** A chart's JSON schema without the keywords that check nothing. */
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
