import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Say } from "../progress";
import type { Cache } from "./cache";
import { type CommandOptions, run } from "./command";
import { goModule, webPagePlaceholder } from "./go-recipe";
import { startTicker } from "./ticker";

const alertmanagerModule = "github.com/prometheus/alertmanager";

/**
 * Returns a copy of the lab's go.mod that replaces Alertmanager's module with a copy that has a page to embed. The copy
 * is kept in the cache, because its path must be the same in each build.
 */
export async function moduleFileWithWebPage(
  go: string,
  o: { cache: Cache; work: string; options: CommandOptions; say: Say },
): Promise<string> {
  const ticker = startTicker(o.say, (elapsed) => `fetching Alertmanager's module, ${elapsed}`);
  const { stdout } = await run(go, ["mod", "download", "-json", alertmanagerModule], o.options).finally(() =>
    ticker.stop(),
  );
  const module = JSON.parse(stdout) as { Version: string; Dir: string };
  const copy = path.join(o.cache.directory, "go", `alertmanager@${module.Version}`);
  if (!(await hasPage(copy))) {
    const fresh = path.join(o.work, "alertmanager");
    await cp(module.Dir, fresh, { recursive: true });
    // Write permission is needed, because Go makes its modules read-only, including the folders.
    await run("chmod", ["-R", "u+w", fresh], o.options);
    await mkdir(path.dirname(pageOf(fresh)), { recursive: true });
    await writeFile(pageOf(fresh), gzipSync(webPagePlaceholder));
    await mkdir(path.dirname(copy), { recursive: true });
    await rm(copy, { recursive: true, force: true });
    await rename(fresh, copy);
  }
  const file = path.join(o.work, "go.mod");
  const own = await readFile(path.join(goModule, "go.mod"), "utf8");
  await writeFile(file, `${own}\nreplace ${alertmanagerModule} => ${JSON.stringify(copy)}\n`);
  // Go looks for go.sum beside the file that `-modfile` names.
  await cp(path.join(goModule, "go.sum"), path.join(o.work, "go.sum"));
  return file;
}

/** The path of the page in Alertmanager's module. The file is compressed, as Alertmanager serves it. */
function pageOf(module: string): string {
  return path.join(module, "ui", "app", "dist", "index.html.gz");
}

async function hasPage(module: string): Promise<boolean> {
  try {
    return gunzipSync(await readFile(pageOf(module))).toString() === webPagePlaceholder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return false;
    }
    throw error;
  }
}
