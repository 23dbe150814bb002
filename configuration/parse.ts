import { z } from "zod";
import { type Fault, nearest, shown } from "./faults";
import { shownName } from "./credentials";
import { crossChecks } from "./crossChecks";
import { type Settings, settingsSchema } from "./schema";
import { rows } from "./table";

/** Settings that are secrets, with checks of their own. */
const secretSettings = ["slackWebhookUrl", "credentials", "heartbeatUrl", "certificate"];

const shape = settingsSchema.shape as Record<string, z.ZodType>;

/** The schema inside defaults, optionals and the like; of one that fills something in, what it takes. */
function bare(schema: z.ZodType): z.ZodType {
  const { innerType, in: taken } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = innerType ?? taken;
  return inner ? bare(inner) : schema;
}

/** Pulumi hands every value on as text: what a key holds decides how the text is read. */
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

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at === null || at === undefined ? undefined : (at as Record<PropertyKey, unknown>)[part]),
    value,
  );
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, part) => {
    const here = at && bare(at);
    if (here instanceof z.ZodObject) return (here.shape as Record<PropertyKey, z.ZodType>)[part];
    if (here instanceof z.ZodRecord) return here.valueType as z.ZodType;
    return here instanceof z.ZodArray ? (here.element as z.ZodType) : undefined;
  }, schema);
}

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object, set by `pulumi config set --path`",
  record: "an object, set by `pulumi config set --path`",
};

/** What is taken in the place of what an issue is about. */
export function accepted(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  return issue.code === "too_small" && issue.origin === "string" ? "a text that is not empty" : issue.message;
}

const written = (path: readonly PropertyKey[], namespace = "alerting") =>
  `${namespace}:${path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("")}`.replace(
    ":.",
    ":",
  );

/** How to set what has no default. */
const remedies: Readonly<Record<string, string>> = {
  context: "Run `pulumi config set alerting:context <context>`; `kubectl config get-contexts` lists them.",
  nodes: "Run `pulumi config set --path 'alerting:nodes.masters.names[0]' <node>`; `kubectl get nodes` lists them.",
};

/** Says what one key should have been; a key of which the value is secret is never shown. */
function faultOf(
  path: readonly PropertyKey[],
  seen: unknown,
  what: string,
  secret: boolean,
  namespace?: string,
): Fault {
  // The credential itself may have been pasted where its name belongs.
  const isName = path.at(-1) === "credential" && typeof seen === "string";
  const text = isName ? shownName(seen) : shown(seen);
  const saw = seen === undefined ? "is not set" : secret ? "got a secret, not shown" : `got ${text}`;
  const remedy = seen === undefined ? remedies[path.join(".")] : undefined;
  return {
    key: written(path, namespace),
    sentence: `${saw}; accepted: ${what}${what.endsWith("?") ? "" : "."}${remedy ? ` ${remedy}` : ""}`,
  };
}

function unknownKey(
  path: readonly PropertyKey[],
  name: string,
  known: readonly string[],
  namespace = "alerting",
): Fault {
  const isOurs = namespace === "alerting";
  const guess = nearest(name, known) ?? (isOurs && path.length === 0 ? nestedNearest(name) : undefined);
  const remedy = guess ? `Is ${written([...path, guess], namespace)} meant?` : `Known here: ${known.join(", ")}.`;
  return { key: written([...path, name], namespace), sentence: `there is no such setting. ${remedy}` };
}

/** The inner key, such as `prometheus.retention`, that was probably meant by its last part alone. */
function nestedNearest(name: string): string | undefined {
  const inner = rows().map(({ key }) => key);
  const last = nearest(
    name,
    inner.map((key) => key.split(".").at(-1)!),
  );
  return last && inner.find((key) => key.split(".").at(-1) === last);
}

/** What the stack's settings say, as far as they could be read, and everything that is wrong with them. */
export interface Parsed {
  readonly settings: Partial<Settings>;
  readonly faults: Fault[];
}

/**
 * Reads the settings of the namespace `alerting:`, given by bare key. Each is checked on its own, so that one fault
 * hides no other and the cluster can be asked about whatever was readable.
 */
export function parseSettings(raw: Readonly<Record<string, string>>, isSecret: (key: string) => boolean): Parsed {
  const faults: Fault[] = [];
  const settings: Record<string, unknown> = {};
  const given: Record<string, unknown> = {};
  const known = [...Object.keys(shape), ...secretSettings];
  for (const name of Object.keys(raw)) {
    if (!known.includes(name)) faults.push(unknownKey([], name, known));
  }
  for (const [name, schema] of Object.entries(shape)) {
    const text = raw[name];
    if (text !== undefined && isSecret(name)) {
      const sentence =
        "is set as a secret, and would not stay one: only alerting:slackWebhookUrl, alerting:credentials, alerting:heartbeatUrl and alerting:certificate are kept so. Set it without --secret; a receiver's credential belongs into alerting:credentials.";
      faults.push({ key: written([name]), sentence });
      continue;
    }
    const value = text === undefined ? undefined : fromText(text, schema);
    // Flags of a command line are answered with their translation, by those who know the chart.
    if (name === "values" && isListOfFlags(value)) {
      settings[name] = value;
      continue;
    }
    given[name] = value;
    // A whole kubeconfig may have been pasted instead of its path.
    const read = check("alerting", name, schema, value, isSecret(name) || name === "kubeconfig");
    faults.push(...read.faults);
    // Zod's copy of the override would lack a key that its check has to tell of, `__proto__`.
    if (read.result.success) settings[name] = name === "values" && value !== undefined ? value : read.result.data;
    else if (name === "alertmanager" || name === "rules")
      settings[name] = rightParts(schema, value, read.result.error.issues);
  }
  for (const { path, seen, accepted: what } of crossChecks(settings, given))
    faults.push(faultOf(path, seen, what, isSecret(path[0]!)));
  return { settings, faults };
}

/** Checks one key by its schema. What is left without its stray keys is checked too: with them, zod would skip checks that compare two keys. */
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
    const seen = valueAt(value, issue.path);
    faults.push(faultOf([name, ...issue.path], seen, accepted(issue), isHidden, namespace));
  }
  return { result, faults };
}

/** Reads the keys of another namespace by their schema, given by bare key; each is checked on its own. */
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
      const sentence = "is set as a secret, and would not stay one. Set it without --secret.";
      faults.push({ key: written([name], namespace), sentence });
      continue;
    }
    const read = check(namespace, name, inner, fromText(text, inner), false);
    faults.push(...read.faults);
    if (read.result.success) settings[name] = read.result.data;
  }
  return { settings: settings as Partial<z.output<Schema>>, faults };
}

/**
 * What is left of a setting without its parts that are wrong, so that these hide no fault in the others; undefined
 * where nothing is. Only for a setting on which nothing but the chart's values depends.
 */
function rightParts(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const wrong = new Set(issues.map(({ path }) => path[0]));
  if (typeof value !== "object" || value === null || wrong.has(undefined)) return undefined;
  return schema.safeParse(Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)))).data;
}

/** Whether the override is a text, or texts, as Helm's `--set` takes them. */
function isListOfFlags(value: unknown): boolean {
  const texts = Array.isArray(value) ? value : [value];
  return texts.length > 0 && texts.every((text) => typeof text === "string");
}

interface StrayKey {
  readonly path: readonly PropertyKey[];
  readonly key: string;
  /** What can be set there. */
  readonly known: readonly string[];
}

/** Keys within a value that the schema does not have. */
function strayKeys(schema: z.ZodType, value: unknown): StrayKey[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const here = schemaAt(schema, issue.path);
    const inner = here && bare(here);
    const choices = inner instanceof z.ZodUnion ? inner.options : [inner];
    const known = choices.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
    return issue.keys.map((key) => ({ path: issue.path, key, known }));
  });
}
