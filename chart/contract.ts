import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../conventions/project-root";

/** The kind of a key's value, from the chart's defaults and comments; "any" if neither shows it. */
export type Kind = "text" | "number" | "boolean" | "list" | "map" | "any";

/**
 * The facts about a key without inner keys. The contract writes them as words: `text`, `text commented`, `number dead`.
 */
export interface Fact {
  readonly kind: Kind;
  /**
   * Where the key appears: with a default in values.yaml, there without a default (`null`), in a comment, or only in
   * templates.
   */
  readonly from: "default" | "empty" | "commented" | "template";
  /** Whether no template reads the key: a value there would have no effect. */
  readonly dead: boolean;
}

/** Keys by name: the inner keys of each, or its {@link Fact} in words. */
export interface Keys {
  readonly [key: string]: Keys | string;
}

/** The keys of one chart and its sub-charts, and their versions. */
export interface Contract {
  readonly charts: Readonly<Record<string, string>>;
  readonly keys: Keys;
}

const folder = join(projectRoot, "chart", "contract");

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

/** Reads the committed contract. */
export function readContract(): Contract {
  return read("keys.json") as Contract;
}

/** The chart's default scrape jobs, by name. */
export function chartJobs(): Readonly<Record<string, unknown>> {
  return read("jobs.json") as Record<string, unknown>;
}

/** A JSON schema, as far as this program reads it. */
export type Schema = Record<string, unknown>;

/** The schemas that the charts ship, without descriptions; a chart that ships none is missing. */
export function readChartSchemas(): Readonly<Record<string, Schema>> {
  return read("schemas.json") as Record<string, Schema>;
}

/** Kubernetes types as JSON schemas, by name. */
export function readKubernetesTypes(): Readonly<Record<string, Schema>> {
  return read("kubernetes.json") as Record<string, Schema>;
}

export function factOf(words: string): Fact {
  const [kind, ...rest] = words.split(" ");
  const from = (["empty", "commented", "template"] as const).find((one) => rest.includes(one)) ?? "default";
  return { kind: kind as Kind, from, dead: rest.includes("dead") };
}

export function wordsOf({ kind, from, dead }: Fact): string {
  return [kind, ...(from === "default" ? [] : [from]), ...(dead ? ["dead"] : [])].join(" ");
}

/** The contract's entry at a path; undefined if it has no such key. */
export function at(keys: Keys, path: readonly (string | number)[]): Keys | string | undefined {
  return path.reduce<Keys | string | undefined>(
    (here, part) => (typeof here === "object" && Object.hasOwn(here, part) ? here[part] : undefined),
    keys,
  );
}

/** Whether the chart has a default at or below a path, which `null` would delete. */
export function hasDefault(here: Keys | string | undefined): boolean {
  if (here === undefined) return false;
  return typeof here === "string" ? factOf(here).from === "default" : Object.values(here).some(hasDefault);
}

/** Every key without inner keys, with its path. */
export function* leaves(keys: Keys, path: readonly string[] = []): Generator<[path: readonly string[], words: string]> {
  for (const [key, inner] of Object.entries(keys)) {
    if (typeof inner === "string") yield [[...path, key], inner];
    else yield* leaves(inner, [...path, key]);
  }
}
