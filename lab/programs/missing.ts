import type { Say } from "../progress";
import type { Cache } from "./cache";
import type { Catalogue, CatalogueEntry } from "./catalogue";
import { recipeHash } from "./go-recipe";
import { motoIsWhole, motoKey } from "./moto";
import type { Origin, Program, ProgramName } from "./program";

/** The keys that the cache may have a program under. */
export interface CacheKeys {
  readonly release?: string;
  readonly source: string;
}

/** A program that is neither on PATH nor in the cache. */
export interface Missing {
  readonly name: ProgramName;
  readonly entry: CatalogueEntry;
  readonly keys: CacheKeys;
  /** Why what came before does not do: what PATH has, that the host of its release does not answer, … */
  readonly reasons: readonly string[];
}

/** What installing needs. */
export interface InstallContext {
  readonly cache: Cache;
  readonly catalogue: Catalogue;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/** Releases are kept by version; what is made here also by a hash of how it is made. */
export async function cacheKeys(entry: CatalogueEntry): Promise<CacheKeys> {
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

/** The program in the cache; official releases come first. */
export async function findCached(cache: Cache, name: ProgramName, keys: CacheKeys): Promise<string | undefined> {
  const file = await cache.find(name, [...(keys.release === undefined ? [] : [keys.release]), keys.source]);
  return file !== undefined && (name !== "moto_server" || motoIsWhole(file)) ? file : undefined;
}

/** The programs, which are in the cache by now. */
export async function fromCache(wanted: readonly Missing[], origin: Origin, cache: Cache): Promise<Program[]> {
  return Promise.all(
    wanted.map(async ({ name, entry, keys }) => {
      const file = await findCached(cache, name, keys);
      if (file === undefined) {
        throw new Error(`${name} ${entry.version} was installed, but is not in the cache ${cache.directory}.`);
      }
      return { name, path: file, version: entry.version, origin };
    }),
  );
}

/** Says which programs are to be had in another way, and why; those with the same reasons in one line. */
export function explain(programs: readonly Missing[], what: string, say: Say): void {
  for (const group of groupBy(programs, ({ reasons }) => reasons.join("; "))) {
    say(
      `${what} ${group.map(({ name, entry }) => `${name} ${entry.version}`).join(", ")}: ${group[0]?.reasons.join("; ")}`,
    );
  }
}

/** The items with the same key together, in the order of their first. (Map.groupBy wants Node 21.) */
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
