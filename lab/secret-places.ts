import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ClusterObject } from "./cluster-objects";
import type { Place } from "./secret-scan";

/**
 * Every object of the cluster is a place. The canary belongs into one Secret, which is not named here: the first Secret
 * that holds it under a key of its own (Helm's release Secrets, whose type tells them, never count).
 */
export function clusterPlaces(objects: readonly ClusterObject[], canary: string): Place[] {
  const home = objects.find((object) => object.kind === "Secret" && isHomeOf(object, canary));
  return objects.map((object) => ({
    name: `cluster: ${object.title}`,
    content: object.json,
    belongs: object === home ? "the one Secret of the webhook" : undefined,
  }));
}

function isHomeOf(secret: ClusterObject, canary: string): boolean {
  const { type, data = {} } = JSON.parse(secret.json) as { type?: string; data?: Record<string, string> };
  const values = Object.values(data).map((value) => Buffer.from(value, "base64").toString("utf8"));
  return type === "Opaque" && values.some((value) => value.trim().endsWith(`/${canary}`));
}

/** Every file below a directory, by its path with slashes; `belongs` gives the reason where the canary may be. */
export async function filePlaces(
  root: string,
  options: { except: RegExp; belongs: (file: string) => string | undefined },
): Promise<Place[]> {
  const places: Place[] = [];
  for (const entry of await fs.readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(root, file).split(path.sep).join("/");
    if (entry.isFile() && !options.except.test(relative)) {
      const content = await readIfThere(file);
      if (content !== undefined) {
        places.push({ name: `file: ${relative}`, content, belongs: options.belongs(relative) });
      }
    }
  }
  return places;
}

/** The arguments of each process that was seen. */
export function processPlaces(commandLines: Iterable<string>): Place[] {
  return [...commandLines].map((line) => {
    const [command = "", ...args] = line.split(" ");
    // Subcommands help to find it; anything longer may hold what must not be shown.
    const words = args.filter((word) => /^[a-z][a-z-]{1,15}$/.test(word)).slice(0, 3);
    return { name: `process: ${[path.basename(command), ...words].join(" ")}`, content: line };
  });
}

/** Files come and go while the lab runs. */
async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
