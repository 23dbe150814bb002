import { link, mkdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Say } from "../progress";
import { moduleFileWithWebPage } from "./alertmanager-module";
import type { Cache } from "./cache";
import { type CommandOptions, onPath, run } from "./command";
import { BUILD_ENVIRONMENT, BUILD_FLAGS, GO_MODULE, type GoSource, linkerFlags } from "./go-recipe";
import type { ProgramName } from "./program";
import { formatSeconds, startTicker } from "./ticker";
import { serves, versionIn } from "./version-range";

/** The oldest Go that builds the module (its go.mod says so too). */
const OLDEST_GO = "1.26";

/** The linker takes some 2 GiB for the largest program: fewer at a time where memory is short. */
const MEMORY_EACH = 2 * 1024 ** 3;

/** A program to build, and the key that the cache keeps it under. */
export interface GoProgram {
  readonly name: ProgramName;
  readonly source: GoSource;
  readonly key: string;
}

/**
 * Builds the programs, all in one `go build`: they share most of their packages, and the compiler is kept busy to the
 * end. Hold the lock of `go-programs`.
 */
export async function buildWithGo(
  programs: readonly GoProgram[],
  o: { cache: Cache; env: NodeJS.ProcessEnv; say: Say; signal?: AbortSignal },
): Promise<void> {
  const { cache, say } = o;
  const started = performance.now();
  const names = programs.map((program) => program.name).join(", ");
  const go = await findGo(names, o.env);
  const work = await cache.temporary("go");
  try {
    const options: CommandOptions = {
      cwd: GO_MODULE,
      // The compiler's own temporary files lie in the cache's, so that the next run removes what a killed one leaves.
      env: { ...o.env, ...BUILD_ENVIRONMENT, GOTMPDIR: work },
      signal: o.signal,
    };
    const packages = [...new Set(programs.map((program) => program.source.package))];
    const unit = `go-${programs
      .map((program) => program.name)
      .sort()
      .join("+")}`;
    announce(names, await cache.lastSeconds(unit), say);
    const moduleFile = await moduleFileWithWebPage(go, { cache, work, options, say });
    const common = [`-modfile=${moduleFile}`, ...BUILD_FLAGS];
    const total = await fetchModules(go, common, packages, options, say);
    const output = path.join(work, "bin");
    await mkdir(output);
    await compile(go, [...common, ...parallel(), ...programs.map((program) => linkerFlags(program.source))], {
      packages,
      output,
      total,
      options,
      say,
    });
    for (const program of programs) {
      const folder = path.join(work, `install-${program.name}`);
      await mkdir(folder);
      await link(path.join(output, program.source.output ?? program.name), path.join(folder, program.name));
      await cache.install(program.name, program.key, folder);
    }
    const seconds = (performance.now() - started) / 1000;
    await cache.rememberSeconds(unit, seconds);
    say(`built ${names} in ${formatSeconds(seconds)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function findGo(names: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [go] = onPath("go", env);
  const remedy = `Install Go ${OLDEST_GO} or newer, or put on PATH what would be built: ${names}.`;
  if (go === undefined) {
    throw new Error(`go is not on PATH, and it is needed to build programs of the lab. ${remedy}`);
  }
  const { stdout } = await run(go, ["env", "GOVERSION"], { env: { ...env, ...BUILD_ENVIRONMENT }, cwd: GO_MODULE });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0];
  if (version === undefined || !serves(versionIn(`${version}.0`) ?? version, { from: OLDEST_GO, below: "2" })) {
    throw new Error(
      `${go} is ${stdout.trim() || "of an unknown version"}, too old to build the lab's programs. ${remedy}`,
    );
  }
  return go;
}

function announce(names: string, last: number | undefined, say: Say): void {
  say(
    last === undefined
      ? `building ${names} from Go modules; all of them take about ten minutes on two cores, this once`
      : `building ${names} from Go modules; that took ${formatSeconds(last)} last time`,
  );
}

/** Has go fetch every module that the packages need; returns how many packages there are. */
async function fetchModules(
  go: string,
  common: readonly string[],
  packages: readonly string[],
  options: CommandOptions,
  say: Say,
): Promise<number> {
  let fetched = 0;
  const ticker = startTicker(say, (elapsed) => `fetching Go modules: ${fetched} so far, ${elapsed}`);
  try {
    const { stdout } = await run(go, ["list", "-deps", ...common, "--", ...packages], {
      ...options,
      onErrorLine: (line) => (fetched += line.startsWith("go: downloading ") ? 1 : 0),
    });
    return stdout.trim().split("\n").length;
  } finally {
    ticker.stop();
  }
}

async function compile(
  go: string,
  flags: readonly string[],
  o: { packages: readonly string[]; output: string; total: number; options: CommandOptions; say: Say },
): Promise<void> {
  let compiled = 0;
  const ticker = startTicker(
    o.say,
    (elapsed) => `building: ${compiled} packages compiled of at most ${o.total}, ${elapsed}`,
  );
  try {
    // -v names each package on a line of its own once it is due; messages have spaces in them.
    const isProgress = (line: string) => /^\S+$/.test(line);
    await run(go, ["build", "-v", ...flags, "-o", `${o.output}${path.sep}`, "--", ...o.packages], {
      ...o.options,
      isProgress,
      onErrorLine: (line) => (compiled += isProgress(line) ? 1 : 0),
    });
  } finally {
    ticker.stop();
  }
}

function parallel(): string[] {
  const fit = Math.max(1, Math.floor(os.totalmem() / MEMORY_EACH));
  return fit < os.availableParallelism() ? [`-p=${fit}`] : [];
}
