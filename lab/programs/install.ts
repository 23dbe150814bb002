import { installFromReleases } from "./from-releases";
import { installFromSources } from "./from-sources";
import type { InstallContext, Missing } from "./missing";
import type { Program } from "./program";
import { releaseSettings, whyUnreachable } from "./releases";
import { together } from "./together";

/** Brings programs into the cache: as releases where their hosts answer, else by their other sources, all at once. */
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
  const others = missing.flatMap((one, i) => {
    const reason = why[i];
    return reason === undefined ? [] : [{ ...one, reasons: [...one.reasons, reason] }];
  });
  const programs = await together<Program[]>(
    [
      async (signal) => {
        const downloads = await installFromReleases(reachable, settings, { ...context, signal });
        return [...downloads.programs, ...(await installFromSources(downloads.failed, { ...context, signal }))];
      },
      (signal) => installFromSources(others, { ...context, signal }),
    ],
    context.signal,
  );
  return programs.flat();
}
