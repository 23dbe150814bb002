import { rm } from "node:fs/promises";
import path from "node:path";
import type { CatalogueEntry, Release } from "./catalogue";
import { withLock } from "./lock";
import { cacheKeys, findCached, fromCache, groupBy, type InstallContext, type Missing } from "./missing";
import type { Program, ProgramName } from "./program";
import { ChecksumError, fetchRelease, folderFor, type ReleaseSettings } from "./releases";
import { together } from "./together";

/** What could be downloaded, and what could not, with the reason added. */
export interface Downloads {
  readonly programs: readonly Program[];
  readonly failed: readonly Missing[];
}

/** Downloads official releases, each archive once. A wrong checksum is an error, any other failure is a reason to go on. */
export async function installFromReleases(
  programs: readonly Missing[],
  settings: ReleaseSettings,
  context: InstallContext,
): Promise<Downloads> {
  const failed: Missing[] = [];
  const archives = groupBy(programs, ({ entry }) => (entry.release as Release).url);
  const downloaded = await together(
    archives.map((wanted) => (signal: AbortSignal) => oneArchive(wanted, signal)),
    context.signal,
  );
  return { programs: downloaded.flat(), failed };

  async function oneArchive(wanted: readonly Missing[], signal: AbortSignal): Promise<Program[]> {
    const { cache } = context;
    const { entry, reasons } = wanted[0] as Missing;
    const release = entry.release as Release;
    const unit = path.posix.basename(release.url);
    return withLock({ ...context, signal, directory: cache.directory, unit }, async () => {
      const there = await Promise.all(wanted.map(({ name, keys }) => findCached(cache, name, keys)));
      if (there.every((file) => file !== undefined)) {
        return fromCache(wanted, "cache", cache);
      }
      context.say(`downloading ${unit}: ${reasons.join("; ")}`);
      const directory = await cache.temporary(unit);
      try {
        const archive = await fetchRelease({ release, settings, directory, env: context.env, signal });
        await installAll(release, (member) => archive.pathOf(member), directory);
        return await fromCache(wanted, "download", cache);
      } catch (error) {
        if (error instanceof ChecksumError || signal.aborted) {
          throw error;
        }
        const why = (error as Error).message;
        failed.push(...wanted.map((one) => ({ ...one, reasons: [...one.reasons, why] })));
        return [];
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }

  /** Whatever else the archive has for the lab is installed with what was asked for. */
  async function installAll(release: Release, pathOf: (member: string) => string, directory: string): Promise<void> {
    for (const [name, entry] of Object.entries(context.catalogue) as [ProgramName, CatalogueEntry][]) {
      const key = entry.release?.url === release.url ? (await cacheKeys(entry)).release : undefined;
      if (key !== undefined) {
        const target = path.join(directory, `install-${name}`);
        await folderFor({ name, release, source: pathOf(entry.release?.member ?? ""), target });
        await context.cache.install(name, key, target);
      }
    }
  }
}
