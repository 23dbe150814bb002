import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ClusterObject } from "../cluster-objects";
import type { Census } from "../process-census";
import type { Place } from "./scan";

/** Every object of the cluster is a place, and so is each key of a Secret: `cluster: Secret ns/name data.key`. */
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

/** Every file below a directory, by its path with slashes; of `plainOnly` ones what stands in them as it is. */
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
 * What git keeps of the project, or would with the next commit, and was written since a run began: what is older cannot
 * hold a secret of that run. Nothing where this is not a checkout.
 */
export async function trackedPlaces(root: string, since: Date): Promise<Place[]> {
  // An ES module that tsx cannot load otherwise.
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

/** Variables by which secrets are passed on purpose; each is a separate place. */
const passedOn = /^(PULUMI_CONFIG|AWS_SECRET_ACCESS_KEY)$/;

/** The arguments of each process that was seen, and the environment of each. */
export function processPlaces({ commandLines, environments }: Pick<Census, "commandLines" | "environments">): Place[] {
  const lines = [...commandLines].map((line) => {
    const [command = "", ...args] = line.split(" ");
    // Subcommands help to find it; anything longer may hold what must not be shown.
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

/** Files come and go while the lab runs. */
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
