import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openCache } from "../../lab/programs/cache";
import { run } from "../../lab/programs/command";
import { sharedModule } from "../../lab/programs/completed-modules";
import { buildEnvironment, buildFlags } from "../../lab/programs/go-recipe";
import { startTicker } from "../../lab/programs/ticker";
import type { Say } from "../../lab/progress";

/**
 * Builds promtool from the lab's Go module with all service discoveries; the lab's own build has only one. Go rebuilds
 * it only if needed.
 */
export async function wholePromtool(say: Say): Promise<string> {
  const directory = join(openCache(process.env).directory, "all-discoveries");
  await mkdir(directory, { recursive: true });
  const program = join(directory, "promtool");
  const flags = buildFlags.filter((flag) => !flag.startsWith("-tags"));
  const ticker = startTicker(say, (elapsed) => `building promtool with every discovery, ${elapsed}`);
  try {
    await run("go", ["build", ...flags, "-o", program, "github.com/prometheus/prometheus/cmd/promtool"], {
      cwd: sharedModule.directory,
      env: { ...process.env, ...buildEnvironment },
    });
  } finally {
    ticker.stop();
  }
  return program;
}
