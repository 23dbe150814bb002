import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Say } from "../progress";
import type { Cache } from "./cache";
import { type CommandOptions, run } from "./command";
import { startTicker } from "./ticker";

/**
 * A folder of the lab with a go.mod. One of the modules in it does not build as the Go proxy serves it, so the build uses
 * a copy of that module with the missing files.
 */
export interface GoModule {
  readonly directory: string;
  /** The module that is completed. */
  readonly module: string;
  /** A short name of the module, for people and for the folder of its copy. */
  readonly name: string;
  /** Everything that determines what `complete` writes; a part of the copy's name. */
  readonly recipe: string;
  /** Writes the missing files into a copy of the module. */
  complete(copy: string): Promise<void>;
}

/** The line that replaces Alertmanager's web pages, because its module does not contain the pages that it embeds. */
export const webPagePlaceholder =
  "<!doctype html><title>Alertmanager</title>Built from the Go module, which has no web pages. The API is here.\n";

/** The module of nearly all programs. */
export const sharedModule: GoModule = {
  directory: path.join(__dirname, "go"),
  module: "github.com/prometheus/alertmanager",
  name: "alertmanager",
  recipe: webPagePlaceholder,
  async complete(copy) {
    const page = path.join(copy, "ui", "app", "dist", "index.html.gz");
    await mkdir(path.dirname(page), { recursive: true });
    await writeFile(page, gzipSync(webPagePlaceholder));
  },
};

/** The files that the build of the plugin generates, each with its source. */
const schema = { source: "schema.json", embedded: "schema-embed.json" };
const mapping = { source: "terraform-mapping.json", embedded: "terraform-mapping-embed.json" };

/**
 * The newest module of the Kubernetes plugin that the Go proxy serves is of January 2026 and drops each `null` among a
 * Release's values. Since version 4.30 (pull request 4293) the plugin keeps them. These edits of one file do the same.
 */
const nullsInReleases = {
  file: "pkg/provider/helm_release.go",
  edits: [
    { pattern: "SkipNulls:( +)true", replacement: "SkipNulls:$1false", times: 15 },
    { pattern: "if allowNullValues \\{", replacement: "if true {", times: 1 },
  ],
};

/**
 * The module of the Kubernetes plugin. The plugin does not compile with the Kubernetes packages of the shared module, so
 * it has a separate go.mod.
 */
export function kubernetesPluginModule(version: string): GoModule {
  return {
    directory: path.join(__dirname, "go-kubernetes-plugin"),
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    name: "pulumi-kubernetes",
    recipe: JSON.stringify([version, schema, mapping, nullsInReleases]),
    async complete(copy) {
      const main = path.join(copy, "cmd", "pulumi-resource-kubernetes");
      const write = async (file: typeof schema, more: object) => {
        const content = JSON.parse(await readFile(path.join(main, file.source), "utf8")) as object;
        await writeFile(path.join(main, file.embedded), JSON.stringify({ ...content, ...more }));
      };
      await write(schema, { version });
      await write(mapping, {});
      await edit(path.join(copy, nullsInReleases.file), nullsInReleases.edits);
    },
  };
}

interface Edit {
  readonly pattern: string;
  readonly replacement: string;
  readonly times: number;
}

/** Edits a file. Throws if a pattern occurs more or less often than expected: then the module is another version. */
async function edit(file: string, edits: readonly Edit[]): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const { pattern, replacement, times } of edits) {
    const found = text.match(new RegExp(pattern, "g"))?.length ?? 0;
    if (found !== times) {
      throw new Error(
        `${path.basename(file)} has ${found} places like /${pattern}/, and the lab's edit expects ${times}`,
      );
    }
    text = text.replaceAll(new RegExp(pattern, "g"), replacement);
  }
  await writeFile(file, text);
}

/**
 * Writes a copy of the lab's go.mod that replaces one module by its completed copy, and returns the path of the file. The
 * completed copy is in the cache, because its path must be the same in each build.
 */
export async function completedModuleFile(
  own: GoModule,
  go: string,
  o: { cache: Cache; work: string; options: CommandOptions; say: Say },
): Promise<string> {
  const ticker = startTicker(o.say, (elapsed) => `fetching the module of ${own.name}, ${elapsed}`);
  const { stdout } = await run(go, ["mod", "download", "-json", own.module], o.options).finally(() => ticker.stop());
  const module = JSON.parse(stdout) as { Version: string; Dir: string };
  const recipe = createHash("sha256").update(own.recipe).digest("hex").slice(0, 12);
  const copy = path.join(o.cache.directory, "go", `${own.name}@${module.Version}-${recipe}`);
  if (!existsSync(copy)) {
    const fresh = path.join(o.work, own.name);
    await cp(module.Dir, fresh, { recursive: true });
    // Write permission is needed, because Go makes its modules read-only, including the folders.
    await run("chmod", ["-R", "u+w", fresh], o.options);
    await own.complete(fresh);
    await mkdir(path.dirname(copy), { recursive: true });
    await rename(fresh, copy);
  }
  const file = path.join(o.work, `${own.name}.mod`);
  const text = await readFile(path.join(own.directory, "go.mod"), "utf8");
  await writeFile(file, `${text}\nreplace ${own.module} => ${JSON.stringify(copy)}\n`);
  // Go looks for go.sum beside the file that `-modfile` names.
  await cp(path.join(own.directory, "go.sum"), path.join(o.work, `${own.name}.sum`));
  return file;
}
