/** Renders the lab's chart with the real helm. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { findPrograms, programPath } from "../../../lab/programs/find";

const run = promisify(execFile);

/** Any value in a Kubernetes object. */
export type Yaml = null | boolean | number | string | Yaml[] | { [key: string]: Yaml };

/** The objects of a render by `kind/name`. */
export type Objects = Map<string, Yaml>;

export const standIn = resolve(__dirname, "../../../lab/stand-ins/chart");

/**
 * The path of helm, from `PATH`, the lab's cache or a registry. If helm is not available, prints the reason and returns
 * `undefined`.
 */
export async function findHelm(): Promise<string | undefined> {
  const say = (line: string): void => console.log(`    ${line}`);
  try {
    return programPath(await findPrograms(["helm"], say), "helm");
  } catch (error) {
    say(`skipped, for want of helm: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The objects that the lab's chart renders for these values, in the namespace `monitoring`. */
export async function render(helm: string, values: object = {}, release = "prometheus"): Promise<Objects> {
  const directory = await mkdtemp(join(tmpdir(), "chart-render-"));
  try {
    const file = join(directory, "values.yaml");
    await writeFile(file, stringify(values));
    const args = ["template", release, standIn, "--namespace", "monitoring", "--kube-version", "1.36.2", "-f", file];
    const { stdout } = await run(helm, args, { maxBuffer: 2 ** 26 });
    return objects(stdout);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The objects in the text of a render, by `kind/name`. */
export function objects(rendered: string): Objects {
  const found: Objects = new Map();
  for (const document of parseAllDocuments(rendered)) {
    const object = document.toJS() as Yaml;
    if (object !== null) {
      const key = `${text(object, "kind")}/${text(object, "metadata", "name")}`;
      if (found.has(key)) {
        throw new Error(`The render holds ${key} twice.`);
      }
      found.set(key, object);
    }
  }
  return found;
}

/** The value under a path of keys and list positions; undefined if there is none. */
export function at(value: Yaml | undefined, ...path: (string | number)[]): Yaml | undefined {
  return path.reduce<Yaml | undefined>(
    (inner, key) => (inner === null || typeof inner !== "object" ? undefined : (inner as Record<string, Yaml>)[key]),
    value,
  );
}

/** The string under a path; an error if there is none. */
export function text(value: Yaml | undefined, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== "string") {
    throw new Error(`There should be a text at ${path.join(".")}, but there is ${JSON.stringify(found)}.`);
  }
  return found;
}
