import { z } from "zod";
import { nearest, shown } from "../configuration/faults";
import { error, type Finding } from "../configuration/finding";
import { integrations } from "./receiver";
import { objectOf, type Path } from "./reading";
import type { IssueParameters } from "./scalars";

/** The schema inside optionals and the like. */
function bare(schema: z.ZodType): z.ZodType {
  const inner = (schema.def as { innerType?: z.ZodType }).innerType;
  return inner ? bare(inner) : schema;
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, part) => {
    const here = at && bare(at);
    if (here instanceof z.ZodObject) return (here.shape as Record<PropertyKey, z.ZodType>)[part];
    if (here instanceof z.ZodArray) return here.element as z.ZodType;
    return here instanceof z.ZodRecord ? (here.valueType as z.ZodType) : undefined;
  }, schema);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function accepted(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input"))
    return kinds[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value")
    return `${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  return issue.message;
}

const truths: Record<string, boolean> = {
  yes: true,
  on: true,
  true: true,
  y: true,
  no: false,
  off: false,
  false: false,
  n: false,
};

/** What to write instead of a value of the wrong kind that is easily mistaken for the right one. */
function instead(issue: z.core.$ZodIssue, seen: unknown): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  if (issue.expected === "boolean" && typeof seen === "string") {
    const truth = truths[seen.toLowerCase()];
    return truth === undefined ? undefined : `got the text ${shown(seen)}; write ${truth}, without quotes`;
  }
  if (issue.expected === "number" && typeof seen === "string" && /^-?\d+$/.test(seen))
    return `got the text ${shown(seen)}; write ${seen}, without quotes`;
  if (
    issue.expected === "string" &&
    (typeof seen === "number" || typeof seen === "boolean") &&
    issue.message.startsWith("Invalid input")
  )
    return `got ${shown(seen)}, which is no text; write "${String(seen)}", in quotes`;
  return undefined;
}

/** Parts without secrets. Elsewhere a wrong text may be one, such as `basic_auth: "user:password"`. */
const open = new Set<PropertyKey | undefined>([
  "route",
  "inhibit_rules",
  "time_intervals",
  "mute_time_intervals",
  "templates",
]);

/** A value of the wrong kind, as far as it may be shown. */
function seenAs(issue: z.core.$ZodIssue, seen: unknown): string {
  if (Array.isArray(seen)) return seen.length === 0 ? "an empty list" : "a list";
  if (typeof seen === "object") return "an object";
  const structure = issue.code === "invalid_type" && /^(object|record|array)$/.test(issue.expected);
  return typeof seen === "string" && structure && !open.has(issue.path[0]) ? "a text, not shown" : shown(seen);
}

/** What is said of an issue, without its place. */
function sentenceOf(issue: z.core.$ZodIssue, seen: unknown): string {
  if (issue.code === "custom" && (issue.params as IssueParameters | undefined)?.whole) return issue.message;
  const what = accepted(issue);
  if (seen === undefined) return `is not set; accepted: ${what}`;
  if (seen === null) {
    const why = what.includes("#") ? "" : " (an unquoted # begins a comment in YAML)";
    return `holds nothing${why}; leave the key out, or write ${what}`;
  }
  if (issue.code === "custom" && typeof seen === "object") return `will not do; accepted: ${what}`;
  return instead(issue, seen) ?? `got ${seenAs(issue, seen)}; accepted: ${what}`;
}

const ofPrometheus = (key: string) => `is no key of Alertmanager; \`${key}\` belongs to Prometheus' own configuration`;
const rulesElsewhere = "is no key of Alertmanager; rules belong in `alerting:rules.groups`";
/** Keys that people write here, and where they belong. */
const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["rule_files", "groups", "rules", "alerts"].map((key) => [key, rulesElsewhere])),
  ...Object.fromEntries(
    "scrape_configs scrape_config_files remote_write remote_read alerting storage scrape_interval scrape_timeout evaluation_interval external_labels"
      .split(" ")
      .map((key) => [key, ofPrometheus(key)]),
  ),
};

function unknownKey(path: Path, key: string, known: readonly string[]): string {
  if (path.length <= 1 && Object.hasOwn(elsewhere, key)) return elsewhere[key]!;
  const guess = nearest(key, known);
  if (path[0] === "receivers" && path.length === 2) {
    const homes = Object.entries(integrations).filter(([, schema]) => Object.hasOwn(schema.shape, key));
    if (homes.length > 0 && homes.length < 4)
      return `belongs in an entry of ${homes.map(([home]) => `\`${home}\``).join(" or ")}`;
  }
  return guess === undefined
    ? `is no key of Alertmanager 0.34; known here: ${known.join(", ")}`
    : `is no key of Alertmanager 0.34; is \`${guess}\` meant?`;
}

/** Everything that a schema has against a value, as findings. */
export function issuesOf(schema: z.ZodType, value: unknown): Finding[] {
  return (schema.safeParse(value).error?.issues ?? []).flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code === "unrecognized_keys") {
      const here = schemaAt(schema, path);
      const inner = here && bare(here);
      const known = inner instanceof z.ZodObject ? Object.keys(objectOf(inner.shape)) : [];
      return issue.keys.map((key) => error([...path, key], unknownKey(path, key, known)));
    }
    if (issue.code === "invalid_key")
      return [error(path, `is a name that will not do; accepted: ${issue.issues.map(accepted).join(", ")}`)];
    return [error(path, sentenceOf(issue, valueAt(value, path)))];
  });
}
