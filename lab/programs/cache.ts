import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isExecutable } from "./command";
import type { ProgramName } from "./program";

/** Programs that were downloaded, built or unpacked before. */
export interface Cache {
  readonly directory: string;
  /** The program's executable under the first of the keys that the cache has. */
  find(name: ProgramName, keys: readonly string[]): string | undefined;
  /** Makes a folder the program's under that key, in one step: it is there whole or not at all. Returns the executable. */
  install(name: ProgramName, key: string, prepared: string): Promise<string>;
  /**
   * Gives the work a new empty folder, on the same file system as the cache, and removes it afterwards; before it, what an
   * earlier run of `unit` left: hold its lock.
   */
  withFolder<T>(unit: string, work: (folder: string) => Promise<T>): Promise<T>;
  /** How long `unit` took when it was last done here. */
  lastSeconds(unit: string): Promise<number | undefined>;
  rememberSeconds(unit: string, seconds: number): Promise<void>;
}

/** The lab's cache: outside the repository, so that a fresh clone finds what another one has built. */
export function openCache(env: NodeJS.ProcessEnv): Cache {
  const directory = path.join(cacheHome(env), "alerting-lab");
  const programs = path.join(directory, "programs");
  return {
    directory,
    find: (name, keys) => keys.map((key) => path.join(programs, name, key, name)).find(isExecutable),
    async install(name, key, prepared) {
      const home = path.join(programs, name, key);
      await mkdir(path.dirname(home), { recursive: true });
      // A damaged folder in the way (its executable is gone) would fail the rename.
      await rm(home, { recursive: true, force: true });
      await rename(prepared, home);
      return path.join(home, name);
    },
    async withFolder(unit, work) {
      const parent = path.join(directory, "tmp");
      await mkdir(parent, { recursive: true });
      for (const left of await readdir(parent)) {
        if (left.startsWith(`${unit}~`)) {
          await rm(path.join(parent, left), { recursive: true, force: true });
        }
      }
      const made = path.join(parent, `${unit}~${randomBytes(6).toString("hex")}`);
      await mkdir(made);
      try {
        return await work(made);
      } finally {
        await rm(made, { recursive: true, force: true });
      }
    },
    async lastSeconds(unit) {
      const text = await readFile(durationFile(unit), "utf8").catch(() => "");
      const seconds = Number.parseInt(text, 10);
      return Number.isNaN(seconds) ? undefined : seconds;
    },
    async rememberSeconds(unit, seconds) {
      await mkdir(path.join(directory, "durations"), { recursive: true });
      await writeFile(durationFile(unit), `${Math.round(seconds)}\n`);
    },
  };

  function durationFile(unit: string): string {
    return path.join(directory, "durations", unit);
  }
}

/** XDG says that a relative path is to be ignored. */
function cacheHome(env: NodeJS.ProcessEnv): string {
  const configured = env.XDG_CACHE_HOME;
  return configured !== undefined && path.isAbsolute(configured)
    ? configured
    : path.join(env.HOME ?? os.homedir(), ".cache");
}
