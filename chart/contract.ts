import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../conventions/project-root";

/** What a key's value is by the chart's own defaults and comments; "any" where nothing says. */
export type Kind = "text" | "number" | "boolean" | "list" | "map" | "any";

/** What is known of one key without keys below it. Written in the contract as words: `text`, `text commented`, `number dead`. */
export interface Fact {
  readonly kind: Kind;
  /** Where the key is named: with a default in values.yaml, there without one (`null`), in a comment, only by templates. */
  readonly from: "default" | "empty" | "commented" | "template";
  /** Whether nothing in the templates reads it: a value there would have no effect. */
  readonly dead: boolean;
}

/** Keys by name: what is below one, or its {@link Fact} in words. */
export interface Keys {
  readonly [key: string]: Keys | string;
}

/** The keys of one chart with its sub-charts, and the versions that they are of. */
export interface Contract {
  readonly charts: Readonly<Record<string, string>>;
  readonly keys: Keys;
}

const folder = join(projectRoot, "chart", "contract");

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

/** The committed contract. */
export function readContract(): Contract {
  return read("keys.json") as Contract;
}

/** The scrape jobs that the chart brings, by name. */
export function chartJobs(): Readonly<Record<string, unknown>> {
  return read("jobs.json") as Record<string, unknown>;
}

/** A JSON schema, as far as it is read here. */
export type Schema = Record<string, unknown>;

/** The chart's own schema without prose; undefined where it ships none. */
export function readChartSchemas(): Readonly<Record<string, Schema>> {
  return read("schemas.json") as Record<string, Schema>;
}

/** Kubernetes' own types, as JSON schemas by name. */
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

/** What the contract holds at a path; undefined where it has no such key. */
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

/** Every key without keys below it, with its path. */
export function* leaves(keys: Keys, path: readonly string[] = []): Generator<[path: readonly string[], words: string]> {
  for (const [key, inner] of Object.entries(keys)) {
    if (typeof inner === "string") yield [[...path, key], inner];
    else yield* leaves(inner, [...path, key]);
  }
}
