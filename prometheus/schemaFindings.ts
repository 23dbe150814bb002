import { z } from "zod";
import { nearest, shown } from "../configuration/faults";
import { error, type Finding } from "../configuration/finding";
import { isMap } from "./tree";

type Path = readonly (string | number)[];

/** Keys that hold secrets in clear, and what is written instead. */
const inlineSecrets: Readonly<Record<string, string>> = {
  password: "`password_file`",
  credentials: "`credentials_file`",
  bearer_token: "`authorization.credentials_file`",
  client_secret: "`client_secret_file`",
  client_certificate_key: "`client_secret_file`",
  key: "`key_file`",
  secrets: "`files`",
};
/** AWS' own keys: a pod has a role. */
const awsKeys = ["access_key", "secret_key"];
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

/** Everything in which a value differs from its schema, as sentences with paths from `path` on. */
export function schemaFindings(schema: z.ZodType, value: unknown, path: Path = []): Finding[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => sentences(issue, schema, value, path));
}

function sentences(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown, base: Path): Finding[] {
  const inner = issue.path as Path;
  const path = [...base, ...inner];
  if (issue.code === "unrecognized_keys") {
    const options = objectsAt(schema, value, inner);
    const told = issue.keys.filter((key) => key !== "__proto__");
    const findings = told
      .slice(0, mostStrayKeys)
      .map((key) => error([...path, key], strayKey(key, options, value, inner)));
    const rest = told.length - findings.length;
    return rest > 0 ? [...findings, error(path, `has ${rest} more keys that nobody knows.`)] : findings;
  }
  const seen = valueAt(value, inner);
  if (issue.code === "invalid_union" && isMap(valueAt(value, inner.slice(0, -1))) && inner.at(-1) === "action") {
    const actions = optionsAt(schema, inner.slice(0, -1)).map((option) => discriminator(option));
    const guess = typeof seen === "string" ? nearest(seen, actions) : undefined;
    const advice = guess === undefined ? `accepted: ${actions.join(", ")}` : `is ${JSON.stringify(guess)} meant?`;
    return [error(path, `${got(seen, path)}, which is no action; ${advice}`)];
  }
  return [error(path, `${got(seen, path)}; ${wanted(issue, seen)}.`)];
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

function wanted(issue: z.core.$ZodIssue, seen: unknown): string {
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
    if (seen === null) return `write ${kinds[expected] ?? expected}, or leave the key out`;
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
  if (issue.code === "invalid_union") return "accepted: a text";
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

function strayKey(key: string, options: readonly z.ZodObject[], value: unknown, path: Path): string {
  const known = Object.keys(options[0]?.shape ?? {});
  const secret = inlineSecrets[key];
  if (secret !== undefined && known.some((one) => one.endsWith("_file") || one === "files"))
    return `is a secret, which would be kept in clear; mount it with \`server.extraSecretMounts\` and write ${secret} with its path.`;
  if (awsKeys.includes(key) && known.includes("role_arn"))
    return "is a secret, which would be kept in clear; give the pod a role, or name one in `role_arn`.";
  if (options.length > 1 && options.some((option) => key in option.shape)) {
    const action = (valueAt(value, path) as Record<string, unknown>)["action"] ?? "replace";
    return `means nothing to the action ${JSON.stringify(action)}; remove it.`;
  }
  const place = known.includes("annotations") ? places[key.toLowerCase()] : undefined;
  if (place !== undefined) return `there is no such key; write it below \`${place}\`.`;
  const guess = nearest(key, known);
  return guess === undefined
    ? `there is no such key; known here: ${known.join(", ")}.`
    : `there is no such key; is \`${guess}\` meant?`;
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

/** The maps that may stand at a path, the one that the value chose first. */
function objectsAt(schema: z.ZodType, value: unknown, path: Path): z.ZodObject[] {
  const here = optionsAt(schema, path);
  const action = (valueAt(value, path) as { action?: unknown } | undefined)?.action ?? "replace";
  return here.length < 2
    ? here
    : [...here].sort((a, b) => Number(discriminator(b) === action) - Number(discriminator(a) === action));
}

function optionsAt(schema: z.ZodType, path: Path): z.ZodObject[] {
  let at: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    const here: z.core.$ZodType | undefined = at && bare(at);
    if (here instanceof z.ZodObject) at = (here.shape as Record<string | number, z.core.$ZodType>)[part];
    else if (here instanceof z.ZodArray) at = here.element;
    else if (here instanceof z.ZodRecord) at = here.valueType;
    else return [];
  }
  const found = at && bare(at);
  if (found instanceof z.ZodObject) return [found];
  return found instanceof z.ZodDiscriminatedUnion ? (found.options as z.ZodObject[]) : [];
}

/** The action that one of the choices is for. */
function discriminator(option: z.ZodObject): string {
  const literal = bare((option.shape as Record<string, z.core.$ZodType>)["action"]!) as z.ZodLiteral<string>;
  return literal.value;
}
