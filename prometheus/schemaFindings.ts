import { z } from "zod";
import { nearest, shown } from "../configuration/faults";
import { error, type Finding } from "../configuration/finding";
import { insteadOfSecret } from "./secretKeys";

type Path = readonly (string | number)[];

/** What is often written beside the map that it belongs to. */
const places: Readonly<Record<string, string>> = {
  severity: "labels",
  team: "labels",
  summary: "annotations",
  description: "annotations",
  message: "annotations",
  runbook_url: "annotations",
};
/** Below these a value may be a secret, wherever it was put. */
const secretive =
  /^(basic_auth|authorization|oauth2|sigv4|tls_config|headers|http_headers|params|endpoint_params|.*(password|secret|token|credential).*)$/;
/** Of keys that nobody knows, so many are told one by one. */
const mostStrayKeys = 20;
/** More names than these nobody reads in one line. */
const mostNames = 15;

/** Everything in which a value differs from its schema, as sentences with paths from `path` on. */
export function schemaFindings(schema: z.ZodType, value: unknown, path: Path = []): Finding[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => sentences(issue, schema, value, path));
}

function sentences(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown, base: Path): Finding[] {
  const inner = issue.path as Path;
  const path = [...base, ...inner];
  if (issue.code === "unrecognized_keys") {
    const known = objectAt(schema, inner)?.shape ?? {};
    const told = issue.keys.filter((key) => key !== "__proto__");
    const findings = told.slice(0, mostStrayKeys).map((key) => error([...path, key], strayKey(key, known)));
    const rest = told.length - findings.length;
    return rest > 0 ? [...findings, error(path, `has ${rest} more keys that nobody knows.`)] : findings;
  }
  const seen = valueAt(value, inner);
  if (issue.code === "invalid_key")
    return [error(path, `is a name that will not do; accepted: ${issue.issues[0]?.message}.`)];
  const sentence = `${got(seen, path)}; ${wanted(issue, seen, isOptional(schema, inner))}`;
  return [error(path, sentence.endsWith("?") ? sentence : `${sentence}.`)];
}

/** The value as it may be told: never what is inside of it, and never what may be a secret. */
function got(value: unknown, path: Path): string {
  if (value === undefined) return "is not set";
  if (value === null) return "has no value";
  if (Array.isArray(value)) return "is a list";
  if (typeof value === "object") return "is a map";
  if (typeof value === "string" && path.some((part) => secretive.test(String(part)) && !/_file$/.test(String(part))))
    return "got a text that is not shown";
  return `got ${shown(value)}`;
}

function wanted(issue: z.core.$ZodIssue, seen: unknown, optional: boolean): string {
  if (issue.code === "invalid_type") {
    const { expected } = issue;
    if (expected === "string" && (typeof seen === "number" || typeof seen === "boolean"))
      return `accepted: a text, in quotes: "${seen}"`;
    if (expected === "boolean" && typeof seen === "string") {
      if (/^(yes|on|true|y)$/i.test(seen)) return "write true, without quotes";
      if (/^(no|off|false|n)$/i.test(seen)) return "write false, without quotes";
    }
    if ((expected === "number" || expected === "int") && typeof seen === "string" && /^\d+$/.test(seen))
      return `write ${Number(seen)}, without quotes`;
    if (seen === null) return `write ${kinds[expected] ?? expected}${optional ? ", or leave the key out" : ""}`;
    return `accepted: ${kinds[expected] ?? expected}`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map((value) => String(value));
    const guess = typeof seen === "string" ? nearest(seen, values) : undefined;
    return `accepted: ${issue.values.map((value) => JSON.stringify(value)).join(", ")}${
      guess === undefined || values.length < 3 ? "" : `; is ${JSON.stringify(guess)} meant?`
    }`;
  }
  if (issue.code === "too_small") {
    if (issue.origin === "string") return "accepted: a text that is not empty";
    if (issue.origin === "array") return "accepted: a list that is not empty";
    return `accepted: a number from ${issue.minimum} on`;
  }
  if (issue.code === "too_big") return `accepted: a number up to ${issue.maximum}`;
  if (issue.code === "invalid_union")
    return `accepted: ${issue.message === "Invalid input" ? "a text" : issue.message}`;
  const hint = typeof seen === "number" && issue.message.startsWith("a duration") ? ", as a text with its unit" : "";
  return `accepted: ${issue.message}${hint}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

function strayKey(key: string, known: Readonly<Record<string, unknown>>): string {
  const instead = insteadOfSecret(key, known as Record<string, string>);
  if (instead !== undefined) return `is a secret, which would be kept in clear; ${instead}.`;
  const place = "annotations" in known ? places[key.toLowerCase()] : undefined;
  if (place !== undefined) return `there is no such key; write it below \`${place}\`.`;
  const names = Object.keys(known);
  const guess = nearest(key, names);
  if (guess !== undefined) return `there is no such key; is \`${guess}\` meant?`;
  return names.length > mostNames
    ? `there is no such key; remove it.`
    : `there is no such key; known here: ${names.join(", ")}.`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    value,
  );
}

/** The schema inside optionals and the like. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = (schema as z.ZodType).def as { innerType?: z.core.$ZodType };
  return inner.innerType ? bare(inner.innerType) : schema;
}

function schemaAt(schema: z.ZodType, path: Path): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    const here: z.core.$ZodType | undefined = at && bare(at);
    if (here instanceof z.ZodObject) at = (here.shape as Record<string | number, z.core.$ZodType>)[part];
    else if (here instanceof z.ZodArray) at = here.element;
    else if (here instanceof z.ZodRecord) at = here.valueType;
    else return undefined;
  }
  return at;
}

/** Whether a key may be left out: one that need not be there, or a name that the user chose. */
function isOptional(schema: z.ZodType, path: Path): boolean {
  const above = schemaAt(schema, path.slice(0, -1));
  return schemaAt(schema, path) instanceof z.ZodOptional || (above !== undefined && bare(above) instanceof z.ZodRecord);
}

function objectAt(schema: z.ZodType, path: Path): z.ZodObject | undefined {
  const found = schemaAt(schema, path);
  const inner = found && bare(found);
  return inner instanceof z.ZodObject ? inner : undefined;
}
