import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ClusterObject } from "../cluster-objects";
import type { Census } from "../process-census";
import type { Place } from "./scan";

/** Each object of the cluster as a place. Each key of a Secret is its own place: `cluster: Secret ns/name data.key`. */
export function clusterPlaces(objects: readonly ClusterObject[]): Place[] {
  return objects.flatMap((object) => {
    const place = { name: `cluster: ${object.title}`, content: object.json };
    if (object.kind !== "Secret") {
      return [place];
    }
    const { data = {}, ...rest } = JSON.parse(object.json) as { data?: Record<string, string> };
    const keys = Object.entries(data).map(([key, content]) => ({ name: `${place.name} data.${key}`, content }));
    return [{ ...place, content: JSON.stringify(rest) }, ...keys];
  });
}

/**
 * Every file below a directory as a place, named by its path with slashes. Files that match `plainOnly` are searched
 * without decoding.
 */
export async function filePlaces(root: string, plainOnly: RegExp): Promise<Place[]> {
  const places: Place[] = [];
  for (const entry of await fs.readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(root, file).split(path.sep).join("/");
    const content = entry.isFile() ? await readIfThere(file) : undefined;
    if (content !== undefined) {
      places.push({ name: `file: ${relative}`, content, plainOnly: plainOnly.test(relative) });
    }
  }
  return places;
}

/**
 * Files of the project that git tracks or would add, if they were written since the run began. Older files cannot
 * contain a secret of the run. There are no places if the project is not a git checkout.
 */
export async function trackedPlaces(root: string, since: Date): Promise<Place[]> {
  // tsx can load this ES module only by a dynamic import.
  const { execa } = await import("execa");
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout, exitCode } = await execa("git", args, { cwd: root, reject: false });
  const files = exitCode === 0 ? stdout.split("\0").filter(Boolean) : [];
  const places = await Promise.all(
    files.map(async (file): Promise<Place[]> => {
      const found = await fs.stat(path.join(root, file)).catch(() => undefined);
      const isNew = found !== undefined && found.mtime >= since;
      const content = isNew ? await readIfThere(path.join(root, file)) : undefined;
      return content === undefined ? [] : [{ name: `git: ${file}`, content }];
    }),
  );
  return places.flat();
}

/** The environment variables that pass secrets on purpose. Each is a separate place. */
const passedOn = /^(PULUMI_CONFIG|AWS_SECRET_ACCESS_KEY)$/;

/** The arguments and the environment of each process that was seen, as places. */
export function processPlaces({ commandLines, environments }: Pick<Census, "commandLines" | "environments">): Place[] {
  const lines = [...commandLines].map((line) => {
    const [command = "", ...args] = line.split(" ");
    // The name contains only subcommands: they identify the process, and other arguments may contain secrets.
    const words = args.filter((word) => /^[a-z][a-z-]{1,15}$/.test(word)).slice(0, 3);
    return { name: `process: ${[path.basename(command), ...words].join(" ")}`, content: line };
  });
  const contents = new Map<string, string[]>();
  for (const [program, variables] of environments) {
    for (const variable of variables) {
      const key = variable.split("=", 1)[0]!;
      const name = `environment: ${program}${passedOn.test(key) ? ` ${key}` : ""}`;
      contents.set(name, [...(contents.get(name) ?? []), variable]);
    }
  }
  return [...lines, ...Array.from(contents, ([name, variables]) => ({ name, content: variables.join("\n") }))];
}

/** Reads a file; `undefined` if the file no longer exists, because files come and go while the lab runs. */
async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(file);
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return undefined;
    }
    throw error;
  }
}
