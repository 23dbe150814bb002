import { cp, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Say } from "../progress";
import type { Cache } from "./cache";
import { type CommandOptions, onPath, run } from "./command";
import {
  ALERTMANAGER_MODULE,
  BUILD_ENVIRONMENT,
  BUILD_FLAGS,
  GO_MODULE,
  type GoSource,
  linkerFlags,
  WEB_PAGE_PLACEHOLDER,
} from "./go-recipe";
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
 * end. Hold the lock `go`.
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
    const unit = `go-${[...new Set(programs.map((program) => program.name))].sort().join("+")}`;
    await announce(names, await cache.lastSeconds(unit), say);
    const moduleFile = await moduleFileWithWebPages(go, cache, options, say);
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
  const [go] = await onPath("go", env);
  const remedy = `Install Go ${OLDEST_GO} or newer, or put on PATH what would be built: ${names}.`;
  if (go === undefined) {
    throw new Error(`go is not on PATH, and it is needed to build programs of the lab. ${remedy}`);
  }
  const { stdout } = await run(go, ["env", "GOVERSION"], { env: { ...env, GOFLAGS: "" }, cwd: GO_MODULE });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0];
  if (version === undefined || !serves(versionIn(`${version}.0`) ?? version, { from: OLDEST_GO, below: "2" })) {
    throw new Error(
      `${go} is ${stdout.trim() || "of an unknown version"}, too old to build the lab's programs. ${remedy}`,
    );
  }
  return go;
}

async function announce(names: string, last: number | undefined, say: Say): Promise<void> {
  say(
    last === undefined
      ? `building ${names} from Go modules; all of them take about ten minutes on two cores, this once`
      : `building ${names} from Go modules; that took ${formatSeconds(last)} last time`,
  );
}

/** Returns a go.mod like the lab's, in which Alertmanager's module is replaced by a copy with a page to embed. */
async function moduleFileWithWebPages(go: string, cache: Cache, options: CommandOptions, say: Say): Promise<string> {
  const ticker = startTicker(say, (elapsed) => `fetching Alertmanager's module, ${elapsed}`);
  const { stdout } = await run(go, ["mod", "download", "-json", ALERTMANAGER_MODULE], options).finally(ticker.stop);
  const module = JSON.parse(stdout) as { Version: string; Dir: string };
  const copy = path.join(cache.directory, "go", `alertmanager@${module.Version}`);
  const page = path.join(copy, "ui", "app", "dist", "index.html");
  if ((await readFile(page, "utf8").catch(() => "")) !== WEB_PAGE_PLACEHOLDER) {
    const fresh = path.join(options.env.GOTMPDIR as string, "alertmanager");
    // Go keeps modules read-only, folders too.
    await cp(module.Dir, fresh, { recursive: true, mode: 0 });
    await run("chmod", ["-R", "u+w", fresh], options);
    await mkdir(path.join(fresh, "ui", "app", "dist"), { recursive: true });
    await writeFile(path.join(fresh, "ui", "app", "dist", "index.html"), WEB_PAGE_PLACEHOLDER);
    await mkdir(path.dirname(copy), { recursive: true });
    await rm(copy, { recursive: true, force: true });
    await rename(fresh, copy);
  }
  const file = path.join(options.env.GOTMPDIR as string, "go.mod");
  const own = await readFile(path.join(GO_MODULE, "go.mod"), "utf8");
  await writeFile(file, `${own}\nreplace ${ALERTMANAGER_MODULE} => ${copy}\n`);
  // go keeps the sums beside the file that -modfile names.
  await cp(path.join(GO_MODULE, "go.sum"), file.replace(/mod$/, "sum"));
  return file;
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
