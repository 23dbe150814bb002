import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isExecutable } from "./command";
import type { ProgramName } from "./program";

/** The cache of programs that were downloaded, built or unpacked earlier. */
export interface Cache {
  readonly directory: string;
  /** The path of the program's executable under the first of these keys that exists in the cache. */
  find(name: ProgramName, keys: readonly string[]): string | undefined;
  /**
   * Moves a prepared folder into the cache under this key. It moves the folder in one step, so that the cache never has
   * half of it. Returns the path of the executable.
   */
  install(name: ProgramName, key: string, prepared: string): Promise<string>;
  /**
   * Runs the work with a new empty folder on the cache's file system, and removes the folder afterwards. Before that,
   * removes folders that an earlier run of `unit` left behind, so the caller must hold the unit's lock.
   */
  withFolder<T>(unit: string, work: (folder: string) => Promise<T>): Promise<T>;
  /** How many seconds the last installation of `unit` took on this machine. */
  lastSeconds(unit: string): Promise<number | undefined>;
  rememberSeconds(unit: string, seconds: number): Promise<void>;
}

/**
 * Opens the lab's cache. It is outside the repository, so that a fresh clone finds the programs that another clone has
 * built.
 */
export function openCache(env: NodeJS.ProcessEnv): Cache {
  const directory = path.join(cacheHome(env), "alerting-lab");
  const programs = path.join(directory, "programs");
  return {
    directory,
    find: (name, keys) => keys.map((key) => path.join(programs, name, key, name)).find(isExecutable),
    async install(name, key, prepared) {
      const home = path.join(programs, name, key);
      await mkdir(path.dirname(home), { recursive: true });
      // An old folder without its executable is removed, because it would make the rename fail.
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

/** The user's cache folder. A relative path is ignored, as the XDG specification requires. */
function cacheHome(env: NodeJS.ProcessEnv): string {
  const configured = env.XDG_CACHE_HOME;
  return configured !== undefined && path.isAbsolute(configured)
    ? configured
    : path.join(env.HOME ?? os.homedir(), ".cache");
}
