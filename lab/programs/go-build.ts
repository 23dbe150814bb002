import { link, mkdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Say } from "../progress";
import { type CommandOptions, onPath, run } from "./command";
import { completedModuleFile, type GoModule, sharedModule } from "./completed-modules";
import { buildEnvironment, buildFlags, type GoSource, linkerFlags } from "./go-recipe";
import { groupBy, type InstallContext, type Missing } from "./missing";
import { formatSeconds, startTicker } from "./ticker";
import { serves, versionIn } from "./version-range";

/** The oldest Go version that can build the module. It must match go.mod. */
const oldestGo = "1.26";

/** The memory that each linker may need, in bytes. If memory is scarce, fewer linkers run at a time. */
const memoryEach = 2 * 1024 ** 3;

/** Builds the programs, one Go module after the other. The caller must hold the lock of `go-programs`. */
export async function buildWithGo(programs: readonly Missing<GoSource>[], context: InstallContext): Promise<void> {
  for (const group of groupBy(programs, ({ entry }) => moduleOf(entry.source).directory)) {
    await buildModule(moduleOf(group[0]!.entry.source), group, context);
  }
}

function moduleOf(source: GoSource): GoModule {
  return source.module ?? sharedModule;
}

/**
 * Builds the missing programs of one module in one `go build`, which is fastest because they share most of their
 * packages.
 */
async function buildModule(
  own: GoModule,
  programs: readonly Missing<GoSource>[],
  { cache, env, say, signal }: InstallContext,
): Promise<void> {
  const started = performance.now();
  const names = programs.map((program) => program.name).join(", ");
  const go = await findGo(names, env);
  const sources = programs.map(({ entry }) => entry.source);
  await cache.withFolder("go", async (work) => {
    const options: CommandOptions = {
      cwd: own.directory,
      // The compiler's temporary files are inside the work folder, so that the next run removes the files of a killed
      // build.
      env: { ...env, ...buildEnvironment, GOTMPDIR: work },
      signal,
    };
    const packages = [...new Set(sources.map((source) => source.package))];
    const unit = `go-${programs
      .map((program) => program.name)
      .sort()
      .join("+")}`;
    announce(names, await cache.lastSeconds(unit), say);
    const moduleFile = await completedModuleFile(own, go, { cache, work, options, say });
    const common = [`-modfile=${moduleFile}`, ...buildFlags];
    const total = await fetchModules(go, common, packages, options, say);
    const output = path.join(work, "bin");
    await mkdir(output);
    await compile(go, [...common, ...parallel(), ...sources.map(linkerFlags)], {
      packages,
      output,
      total,
      options,
      say,
    });
    for (const { name, entry, keys } of programs) {
      const folder = path.join(work, `install-${name}`);
      await mkdir(folder);
      await link(path.join(output, entry.source.output ?? name), path.join(folder, name));
      await cache.install(name, keys.source, folder);
    }
    const seconds = (performance.now() - started) / 1000;
    await cache.rememberSeconds(unit, seconds);
    say(`built ${names} in ${formatSeconds(seconds)}`);
  });
}

async function findGo(names: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [go] = onPath("go", env);
  const remedy = `Install Go ${oldestGo} or newer, or put on PATH what would be built: ${names}.`;
  if (go === undefined) {
    throw new Error(`go is not on PATH, and it is needed to build programs of the lab. ${remedy}`);
  }
  const { stdout } = await run(go, ["env", "GOVERSION"], {
    env: { ...env, ...buildEnvironment },
    cwd: sharedModule.directory,
  });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0];
  if (version === undefined || !serves(versionIn(`${version}.0`) ?? version, { from: oldestGo, below: "2" })) {
    throw new Error(
      `${go} is ${stdout.trim() || "of an unknown version"}, too old to build the lab's programs. ${remedy}`,
    );
  }
  return go;
}

function announce(names: string, last: number | undefined, say: Say): void {
  say(
    last === undefined
      ? `building ${names} from Go modules; this takes about ten minutes on two cores, and only the first time`
      : `building ${names} from Go modules; that took ${formatSeconds(last)} last time`,
  );
}

/** Downloads every module that the packages need, and returns the number of packages. */
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
    // `-v` prints each package's name on its own line. Names contain no spaces, but messages do.
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
  const fit = Math.max(1, Math.floor(os.totalmem() / memoryEach));
  return fit < os.availableParallelism() ? [`-p=${fit}`] : [];
}
