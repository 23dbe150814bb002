import type { Say } from "../progress";
import type { Cache } from "./cache";
import type { Catalog, CatalogEntry, Source } from "./catalog";
import { recipeHash } from "./go-recipe";
import { withLock } from "./lock";
import { motoIsWhole, motoKey } from "./moto";
import type { Origin, Program, ProgramName } from "./program";

/** The keys under which the cache may store a program. */
export interface CacheKeys {
  readonly release?: string;
  readonly source: string;
}

/** A program that is neither on `PATH` nor in the cache. */
export interface Missing<S extends Source = Source> {
  readonly name: ProgramName;
  readonly entry: CatalogEntry<S>;
  readonly keys: CacheKeys;
  /**
   * Why the program was not found elsewhere, for example because the version on `PATH` is unsuitable or because the
   * host of the release does not answer.
   */
  readonly reasons: readonly string[];
}

/** The data that an installation needs. */
export interface InstallContext {
  readonly cache: Cache;
  readonly catalog: Catalog;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/**
 * The keys of a program in the cache. The key of a release contains the version. The key of a program that is built
 * here contains the version and a hash of the build recipe.
 */
export async function cacheKeys(entry: CatalogEntry): Promise<CacheKeys> {
  const { version, source } = entry;
  const release = entry.release && `${version}-release-${process.arch}`;
  switch (source.kind) {
    case "go":
      return { release, source: `${version}-go-${await recipeHash(source)}` };
    case "go-install":
      return { release, source: `${version}-go-install-${process.arch}` };
    case "npm":
      return { release, source: `${version}-npm-${process.arch}` };
    case "pypi":
      return { release, source: await motoKey(version) };
  }
}

/** The path of the program in the cache. An official release is preferred. */
export function findCached(cache: Cache, name: ProgramName, keys: CacheKeys): string | undefined {
  const file = cache.find(name, [...(keys.release === undefined ? [] : [keys.release]), keys.source]);
  return file !== undefined && (name !== "moto_server" || motoIsWhole(file)) ? file : undefined;
}

/** Takes the unit's lock, and installs the programs that no other run has put into the cache in the meantime. */
export async function installUnit<M extends Missing>(
  unit: string,
  origin: Origin,
  wanted: readonly M[],
  context: InstallContext,
  work: (wanted: readonly M[]) => Promise<void>,
): Promise<Program[]> {
  const { cache } = context;
  return withLock({ ...context, directory: cache.directory, unit }, async () => {
    const still = wanted.filter(({ name, keys }) => findCached(cache, name, keys) === undefined);
    if (still.length > 0) {
      await work(still);
    }
    return wanted.map((one) => {
      const { name, entry, keys } = one;
      const path = findCached(cache, name, keys);
      if (path === undefined) {
        throw new Error(`${name} ${entry.version} was installed, but is not in the cache ${cache.directory}.`);
      }
      return { name, path, version: entry.version, origin: still.includes(one) ? origin : "cache" };
    });
  });
}

/** Reports which programs the lab could not install, and why. Programs with the same reasons share a line. */
export function explain(programs: readonly Missing[], what: string, say: Say): void {
  for (const group of groupBy(programs, ({ reasons }) => reasons.join("; "))) {
    say(
      `${what} ${group.map(({ name, entry }) => `${name} ${entry.version}`).join(", ")}: ${group[0]?.reasons.join("; ")}`,
    );
  }
}

/** Groups items by key, in the order of each group's first item. (`Map.groupBy` requires Node 21.) */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) {
      groups.set(key(item), [item]);
    } else {
      group.push(item);
    }
  }
  return [...groups.values()];
}
