/** Which of the engine's plugins are real on this machine, and launchers of stand-ins for the others. */

import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** One part of a run, as its report names it. */
export interface Part {
  readonly name: string;
  readonly kind: "real" | "stand-in" | "emulated" | "simulated";
  readonly version: string;
  readonly note?: string;
}

interface Plugin {
  readonly name: string;
  /** The folder of its stand-in beside this file. */
  readonly standIn: string;
  /** The npm package that asks for it, whose version the engine would ask for too. */
  readonly sdk: string;
}

const PLUGINS: readonly Plugin[] = [
  { name: "pulumi-language-nodejs", standIn: "language-host", sdk: "@pulumi/pulumi" },
  { name: "pulumi-resource-kubernetes", standIn: "kubernetes", sdk: "@pulumi/kubernetes" },
  { name: "pulumi-resource-aws", standIn: "aws", sdk: "@pulumi/aws" },
  { name: "pulumi-resource-random", standIn: "random", sdk: "@pulumi/random" },
];

/**
 * Finds the real plugins as the engine does (PATH first, then the CLI's plugin folder) and writes a launcher of the
 * stand-in for each that is missing, into a directory to be put before PATH.
 * With `never`, a missing real plugin is an error instead.
 */
export async function choosePlugins(o: {
  directory: string;
  pulumiHome: string;
  never: boolean;
}): Promise<{ pathDirectory: string; parts: Part[] }> {
  const pathDirectory = path.join(o.directory, "plugins");
  await mkdir(pathDirectory, { recursive: true });
  const parts: Part[] = [];
  const missing: string[] = [];
  for (const plugin of PLUGINS) {
    const real = await findReal(plugin, o.pulumiHome);
    if (real !== undefined) {
      parts.push({ name: plugin.name, kind: "real", ...real });
    } else if (o.never) {
      missing.push(`${plugin.name} (v${sdkVersion(plugin)})`);
    } else {
      await writeLauncher(plugin, pathDirectory);
      const note = "see lab/stand-ins/README.md for what it leaves out";
      parts.push({ name: plugin.name, kind: "stand-in", version: sdkVersion(plugin), note });
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `LAB_STANDINS=never allows no stand-ins, and these plugins are neither on PATH nor installed under ` +
        `${path.join(o.pulumiHome, "plugins")}: ${missing.join(", ")}. Install them, or leave LAB_STANDINS unset.`,
    );
  }
  return { pathDirectory, parts };
}

/** Where the engine would take a real plugin from: PATH, or the folder of plugins installed for the CLI. */
async function findReal(plugin: Plugin, pulumiHome: string): Promise<{ version: string; note: string } | undefined> {
  for (const directory of (process.env.PATH ?? "").split(path.delimiter).filter(Boolean)) {
    const file = path.join(directory, plugin.name);
    if ((await isExecutable(file)) && !(await isLauncher(file))) return { version: "as found", note: "on PATH" };
  }
  const prefix = `${plugin.name.replace("pulumi-", "")}-v`;
  const wanted = sdkVersion(plugin);
  const installed = (await entries(path.join(pulumiHome, "plugins")))
    .filter((entry) => entry.startsWith(prefix) && !/\.(lock|partial)$/.test(entry))
    .map((entry) => entry.slice(prefix.length));
  // The SDK's resources ask for its own version; an older plugin on disk would not be taken.
  if (!installed.includes(wanted)) return undefined;
  const file = path.join(pulumiHome, "plugins", `${prefix}${wanted}`, plugin.name);
  return (await isExecutable(file)) ? { version: wanted, note: "installed for the CLI" } : undefined;
}

const LAUNCHER_MARK = "# Launcher of a stand-in of the lab";

/** A launcher of ours (of a lab that runs beside, say) is not the real plugin. */
async function isLauncher(file: string): Promise<boolean> {
  const start = (await readFile(file)).subarray(0, 200).toString("latin1");
  return start.includes(LAUNCHER_MARK);
}

async function writeLauncher(plugin: Plugin, directory: string): Promise<void> {
  const main = path.join(__dirname, plugin.standIn, "main.ts");
  const loader = createRequire(__filename).resolve("tsx");
  const script = [
    "#!/bin/sh",
    LAUNCHER_MARK,
    // exec: the engine watches and ends the process that it started, and there must be no other.
    `exec ${quoted(process.execPath)} --import ${quoted(loader)} ${quoted(main)} "$@"`,
  ];
  const file = path.join(directory, plugin.name);
  await writeFile(file, `${script.join("\n")}\n`);
  await chmod(file, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function sdkVersion(plugin: Plugin): string {
  return (createRequire(__filename)(`${plugin.sdk}/package.json`) as { version: string }).version;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function entries(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
