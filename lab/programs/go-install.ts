import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { SourceOf } from "./catalog";
import { onPath, run } from "./command";
import { buildEnvironment } from "./go-recipe";
import type { InstallContext, Missing } from "./missing";

/**
 * Builds a program with `go install <package>@<version>`, as its module documents. The caller must hold the program's
 * lock.
 */
export async function installWithGo(
  { name, entry, keys }: Missing<SourceOf<"go-install">>,
  { cache, env, say, signal }: InstallContext,
): Promise<void> {
  const { source, version } = entry;
  const [go] = onPath("go", env);
  if (go === undefined) {
    throw new Error(`go is not on PATH, and it is needed to build ${name}. Install it, or put ${name} on PATH.`);
  }
  await cache.withFolder(name, async (work) => {
    const folder = path.join(work, "install");
    await mkdir(folder);
    const build = { ...env, ...buildEnvironment, GOBIN: folder, GOTMPDIR: work };
    say(`building ${name} ${version}`);
    await run(go, ["install", "-trimpath", `${source.package}@v${version}`], { env: build, signal, cwd: work });
    await cache.install(name, keys.source, folder);
  });
}
