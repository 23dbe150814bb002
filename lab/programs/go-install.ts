import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Say } from "../progress";
import type { Cache } from "./cache";
import type { CatalogueEntry } from "./catalogue";
import { onPath, run } from "./command";
import { BUILD_ENVIRONMENT } from "./go-recipe";
import type { ProgramName } from "./program";

/** A small program with a module of its own, which shares nothing with the others. */
export type GoInstallSource = Extract<CatalogueEntry["source"], { kind: "go-install" }>;

/** Builds a program as its own module says, by `go install <package>@<version>`. Hold its lock. */
export async function installWithGo(
  o: { name: ProgramName; source: GoInstallSource; version: string; key: string },
  context: { cache: Cache; env: NodeJS.ProcessEnv; say: Say; signal?: AbortSignal },
): Promise<void> {
  const { cache, env, signal } = context;
  const [go] = onPath("go", env);
  if (go === undefined) {
    throw new Error(`go is not on PATH, and it is needed to build ${o.name}. Install it, or put ${o.name} on PATH.`);
  }
  const work = await cache.temporary(o.name);
  try {
    const folder = path.join(work, "install");
    await mkdir(folder);
    const build = { ...env, ...BUILD_ENVIRONMENT, GOBIN: folder, GOTMPDIR: work };
    context.say(`building ${o.name} ${o.version}`);
    await run(go, ["install", "-trimpath", `${o.source.package}@v${o.version}`], { env: build, signal, cwd: work });
    await cache.install(o.name, o.key, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
