import { z } from "zod";
import { type Fault, nearest, shown } from "../validation/faults";
import { type Path, writtenPath } from "../validation/finding";
import { mergeValues } from "../validation/merge";
import { isMap, valueAt } from "../validation/plain-data";
import { kindNames } from "../validation/wrong-value";
import { shownName } from "./credentials";
import { crossChecks } from "./cross-checks";
import { bare, readableKeys, readablePart } from "./readable";
import { type Settings, settingsSchema } from "./schema";
import type { StackSettings } from "./stack-settings";
import { rows } from "./table";

/** Settings that are secrets. They have separate checks. */
const secretSettings = ["slackWebhookUrl", "credentials", "heartbeatUrl", "certificate"];

const shape = settingsSchema.shape as Record<string, z.ZodType>;

/** Pulumi passes every value as a string; the type of the key decides how the string is read. */
function fromText(text: string, schema: z.ZodType): unknown {
  const { type } = bare(schema).def;
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type === "number" && /^\d+$/.test(text)) return Number(text);
  if (type === "object" || type === "array" || type === "record") {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, part) => {
    const here = at && bare(at);
    if (here instanceof z.ZodObject) return (here.shape as Record<PropertyKey, z.ZodType>)[part];
    if (here instanceof z.ZodRecord) return here.valueType as z.ZodType;
    return here instanceof z.ZodArray ? (here.element as z.ZodType) : undefined;
  }, schema);
}

const map = `${kindNames.map}, set by \`pulumi config set --path\``;
const kinds: Readonly<Record<string, string>> = {
  string: kindNames.string,
  number: kindNames.number,
  boolean: kindNames.boolean,
  array: kindNames.list,
  object: map,
  record: map,
};

/** The values that are accepted in place of the one that an issue is about. */
export function accepted(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  return issue.code === "too_small" && issue.origin === "string" ? "a string that is not empty" : issue.message;
}

const keyAt = (path: Path, namespace = "alerting") => `${namespace}:${writtenPath(path)}`;

/**
 * What is accepted in place of a value that the CLI or YAML has read as another type, and how to write it. A
 * recommended value is always valid.
 */
function ofOtherKind(
  issue: z.core.$ZodIssue,
  path: Path,
  seen: unknown,
  schema: z.ZodType | undefined,
  namespace: string,
): { readonly what: string; readonly how?: string } {
  const what = accepted(issue);
  if (issue.code !== "invalid_type" || path.length < 2) return { what };
  const set = (type: string) => `\`pulumi config set --path${type} '${keyAt(path, namespace)}' ${String(seen)}\``;
  if (issue.expected === "array" && typeof seen === "string") {
    const first = `\`pulumi config set --path '${keyAt([...path, 0], namespace)}' <value>\``;
    return { what, how: `Write a list in the stack's file, or run ${first}, and so on with [1].` };
  }
  if (issue.expected === "string" && (typeof seen === "number" || typeof seen === "boolean")) {
    const wrong = schema?.safeParse(String(seen)).error?.issues[0];
    if (wrong !== undefined) return { what: accepted(wrong) };
    return { what, how: `Write it in quotes in the stack's file, or run ${set(" --type string")}.` };
  }
  const other = { number: Number(seen), boolean: seen === "true" }[issue.expected as string];
  if (typeof seen !== "string" || String(other) !== seen || schema?.safeParse(other).success !== true) return { what };
  return { what, how: `Write it without quotes in the stack's file, or run ${set("")}.` };
}

/** How to set the keys that have no default. */
const remedies: Readonly<Record<string, string>> = {
  context: "Run `pulumi config set alerting:context <context>`; `kubectl config get-contexts` lists them.",
  nodes: "Run `pulumi config set --path 'alerting:nodes.masters.names[0]' <node>`; `kubectl get nodes` lists them.",
};

/** Says what the value of one key should have been. A secret value is never shown. */
function faultOf(
  path: Path,
  seen: unknown,
  what: string,
  secret: boolean,
  { how, namespace }: { readonly how?: string; readonly namespace?: string } = {},
): Fault {
  // The credential itself may have been pasted in place of its name.
  const isName = path.at(-1) === "credential" && typeof seen === "string";
  const text = isName ? shownName(seen) : shown(seen);
  const saw = seen === undefined ? "is not set" : secret ? "got a secret, not shown" : `got ${text}`;
  const remedy = seen === undefined ? remedies[path.join(".")] : how;
  return {
    key: keyAt(path, namespace),
    sentence: `${saw}; accepted: ${what}${what.endsWith("?") ? "" : "."}${remedy ? ` ${remedy}` : ""}`,
  };
}

function unknownKey(path: Path, name: string, known: readonly string[], namespace = "alerting"): Fault {
  const near = nearest(name, known);
  const isOurs = namespace === "alerting" && path.length === 0;
  const guess = near !== undefined ? [near] : isOurs ? nestedNearest(name)?.split(".") : undefined;
  const remedy = guess ? `Is ${keyAt([...path, ...guess], namespace)} meant?` : `Known here: ${known.join(", ")}.`;
  return { key: keyAt([...path, name], namespace), sentence: `there is no such setting. ${remedy}` };
}

/** Reports a key with dots or positions in its name: it was set without `--path`, so it is not part of any map. */
function dottedKey(name: string, known: readonly string[]): Fault | undefined {
  const first = /^(\w+)[.[]/.exec(name)?.[1];
  if (first === undefined || !known.includes(first)) return undefined;
  const key = `alerting:${name}`;
  const secret = secretSettings.includes(first) ? "--secret " : "";
  const value = secret === "" ? " <value>" : "";
  return {
    key,
    sentence: `was set without --path, so it is a separate key, which nothing reads. Run \`pulumi config rm '${key}'\`, then \`pulumi config set ${secret}--path '${key}'${value}\`.`,
  };
}

/** The inner key, such as `prometheus.retention`, that was probably meant if only its last part is given. */
function nestedNearest(name: string): string | undefined {
  const inner = rows().map(({ key }) => key);
  const last = nearest(
    name,
    inner.map((key) => key.split(".").at(-1)!),
  );
  return last && inner.find((key) => key.split(".").at(-1) === last);
}

/** The settings of a stack, and all problems that they have. */
export interface Parsed {
  /** All settings: one that could not be read has its default, or a blank value. */
  readonly settings: Settings;
  /** Keys that could not be read, such as `storage.type`: checks that compare them are skipped. */
  readonly unread: readonly string[];
  readonly faults: Fault[];
}

/** Placeholders for settings that have no default and could not be read. */
const blanks: Readonly<Record<string, unknown>> = { context: "", nodes: { masters: {} } };

/**
 * Reads the settings of the namespace `alerting:`, given by key without the namespace. Each is checked separately, so
 * that one problem hides no other and the cluster can still be asked about all settings that could be read.
 */
export function parseSettings(raw: Readonly<Record<string, string>>, isSecret: (key: string) => boolean): Parsed {
  const faults: Fault[] = [];
  const settings: Record<string, unknown> = {};
  const unread: string[] = [];
  const given: Record<string, unknown> = {};
  const known = [...Object.keys(shape), ...secretSettings];
  for (const name of Object.keys(raw)) {
    if (!known.includes(name)) faults.push(dottedKey(name, known) ?? unknownKey([], name, known));
  }
  for (const [name, schema] of Object.entries(shape)) {
    const text = raw[name];
    if (text !== undefined && isSecret(name)) {
      const sentence =
        "is set as a secret, and would not stay one: only alerting:slackWebhookUrl, alerting:credentials, alerting:heartbeatUrl and alerting:certificate are kept secret. Set it without --secret; a receiver's credential belongs in alerting:credentials.";
      faults.push({ key: keyAt([name]), sentence });
      unread.push(name);
      settings[name] = fallbackOf(name, schema);
      continue;
    }
    const value = text === undefined ? undefined : fromText(text, schema);
    // Command line flags are reported, with their translation, by the check of the chart's values.
    if (name === "values" && isListOfFlags(value)) {
      settings[name] = value;
      continue;
    }
    given[name] = value;
    // A whole kubeconfig may have been pasted in place of its path, so the value is treated as a secret.
    const read = check("alerting", name, schema, value, isSecret(name) || name === "kubeconfig");
    const issues = read.result.error?.issues ?? [];
    faults.push(...read.faults);
    unread.push(...issues.map((issue) => [name, ...issue.path].map(String).join(".")));
    // Zod's copy of the override would lack the key `__proto__`, which the check of the override has to report.
    if (read.result.success) settings[name] = name === "values" && value !== undefined ? value : read.result.data;
    else settings[name] = overDefault(fallbackOf(name, schema), readablePart(schema, value, issues));
  }
  const whole = settings as Settings;
  for (const { path, seen, accepted: what } of crossChecks(whole, given, readableKeys(unread)))
    faults.push(faultOf(path, seen, what, isSecret(String(path[0]))));
  return { settings: whole, unread, faults };
}

/** The default of a setting. A setting without a default has an empty value instead. */
const fallbackOf = (name: string, schema: z.ZodType): unknown => schema.safeParse(undefined).data ?? blanks[name];

/** The part of a setting that could be read, laid over the default. */
function overDefault(fallback: unknown, read: unknown): unknown {
  return isMap(fallback) && isMap(read) ? mergeValues(fallback, read) : (read ?? fallback);
}

/** The settings of a stack that sets nothing, with blanks for the required ones. */
export function defaultSettings(): StackSettings {
  const { settings } = parseSettings({}, () => false);
  return { ...settings, cluster: "", environment: "", aws: { region: "" } };
}

/**
 * Checks one key by its schema. A value with unknown keys is checked again without them, because with them zod would
 * skip the checks that compare two keys.
 */
function check(
  namespace: string,
  name: string,
  schema: z.ZodType,
  value: unknown,
  isHidden: boolean,
): { readonly result: z.ZodSafeParseResult<unknown>; readonly faults: Fault[] } {
  const stray = strayKeys(schema, value);
  const faults = stray.map(({ path, key, known }) => unknownKey([name, ...path], key, known, namespace));
  for (const { path, key } of stray) delete (valueAt(value, path) as Record<string, unknown>)[key];
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const inside = issue.path as Path;
    const path = [name, ...inside];
    const seen = valueAt(value, inside);
    const { what, how } = ofOtherKind(issue, path, seen, schemaAt(schema, inside), namespace);
    faults.push(faultOf(path, seen, what, isHidden, { how, namespace }));
  }
  return { result, faults };
}

/**
 * Reads the keys of another namespace by their schema, given by key without the namespace. Each is checked separately.
 */
export function parseKeys<Schema extends z.ZodObject>(
  namespace: string,
  schema: Schema,
  raw: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
): { readonly settings: Partial<z.output<Schema>>; readonly faults: Fault[] } {
  const shape = schema.shape as Record<string, z.ZodType>;
  const faults: Fault[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(raw)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (inner === undefined) {
      faults.push(unknownKey([], name, Object.keys(shape), namespace));
      continue;
    }
    if (isSecret(name)) {
      const sentence =
        "is set as a secret, and would not stay one. Set it without --secret, and a credential, such as a proxy's, in the environment (HTTPS_PROXY).";
      faults.push({ key: keyAt([name], namespace), sentence });
      continue;
    }
    const read = check(namespace, name, inner, fromText(text, inner), false);
    faults.push(...read.faults);
    if (read.result.success) settings[name] = read.result.data;
  }
  return { settings: settings as Partial<z.output<Schema>>, faults };
}

/** Whether the override is a string, or a list of strings, in the form of Helm's `--set` flags. */
function isListOfFlags(value: unknown): boolean {
  const texts = Array.isArray(value) ? value : [value];
  return texts.length > 0 && texts.every((text) => typeof text === "string");
}

interface StrayKey {
  readonly path: Path;
  readonly key: string;
  /** The keys that can be set at this place. */
  readonly known: readonly string[];
}

/** Keys within a value that the schema does not have. */
function strayKeys(schema: z.ZodType, value: unknown): StrayKey[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const path = issue.path as Path;
    const here = schemaAt(schema, path);
    const inner = here && bare(here);
    const choices = inner instanceof z.ZodUnion ? inner.options : [inner];
    const known = choices.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
    return issue.keys.map((key) => ({ path, key, known }));
  });
}
