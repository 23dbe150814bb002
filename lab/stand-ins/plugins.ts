/** This file finds the engine's real plugins on this machine, and makes launchers of stand-ins for missing plugins. */

import { mkdir, open, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { isExecutable } from "../programs/command";
import { installedPlugin } from "../programs/installed";

/** One part of a run, as the run's report lists it. */
export interface Part {
  readonly name: string;
  readonly kind: "real" | "stand-in" | "emulated" | "simulated";
  readonly version: string;
  readonly note?: string;
}

interface Plugin {
  readonly name: string;
  /** The folder of the plugin's stand-in, beside this file. */
  readonly standIn: string;
  /** The npm package of the plugin's SDK. The engine requires a plugin of the same version. */
  readonly sdk: string;
}

const neededPlugins: readonly Plugin[] = [
  { name: "pulumi-language-nodejs", standIn: "language-host", sdk: "@pulumi/pulumi" },
  { name: "pulumi-resource-aws", standIn: "aws", sdk: "@pulumi/aws" },
  { name: "pulumi-resource-random", standIn: "random", sdk: "@pulumi/random" },
];

/**
 * Finds the real plugins as the engine does: first on `PATH`, then in the CLI's plugin folder. For each missing plugin,
 * writes a launcher of its stand-in into a directory that the lab puts before `PATH`. With `never`, a missing plugin is
 * an error.
 */
export async function choosePlugins(o: {
  directory: string;
  pulumiHome: string;
  never: boolean;
  /** The path of the CLI. An official release contains language hosts in the same folder. */
  pulumiPath?: string;
}): Promise<{ pathDirectory: string; parts: Part[] }> {
  const pathDirectory = path.join(o.directory, "plugins");
  await rm(pathDirectory, { recursive: true, force: true });
  await mkdir(pathDirectory, { recursive: true });
  const parts: Part[] = [];
  const missing: string[] = [];
  const standIns: Plugin[] = [];
  for (const plugin of neededPlugins) {
    const real = await findReal(plugin, o.pulumiHome, o.pulumiPath);
    if (real !== undefined) {
      parts.push({ name: plugin.name, kind: "real", ...real });
    } else if (o.never) {
      missing.push(`${plugin.name} (v${sdkVersion(plugin)})`);
    } else {
      standIns.push(plugin);
      const note = "lab/stand-ins/README.md lists the differences";
      parts.push({ name: plugin.name, kind: "stand-in", version: sdkVersion(plugin), note });
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `LAB_STANDINS=never allows no stand-ins, and these plugins are neither on PATH nor installed under ` +
        `${path.join(o.pulumiHome, "plugins")}: ${missing.join(", ")}. Install them, or leave LAB_STANDINS unset.`,
    );
  }
  await Promise.all(standIns.map((plugin) => writeLauncher(plugin, o.directory, pathDirectory)));
  return { pathDirectory, parts };
}

/**
 * Where the engine would find a real plugin: on `PATH`, beside the CLI, or in the folder of plugins that are installed
 * for the CLI.
 */
async function findReal(
  plugin: Plugin,
  pulumiHome: string,
  pulumiPath: string | undefined,
): Promise<{ version: string; note: string } | undefined> {
  for (const directory of (process.env.PATH ?? "").split(path.delimiter).filter(Boolean)) {
    const file = path.join(directory, plugin.name);
    if (isExecutable(file) && !(await isLauncher(file))) return { version: "as found", note: "on PATH" };
  }
  if (pulumiPath !== undefined && plugin.name.startsWith("pulumi-language-")) {
    const bundled = path.join(path.dirname(await realpath(pulumiPath)), plugin.name);
    if (isExecutable(bundled)) return { version: "the CLI's", note: "beside the CLI" };
  }
  // The SDK requires the plugin in the SDK's own version. The engine would not use another version from this folder.
  const version = sdkVersion(plugin);
  const installed = installedPlugin(pulumiHome, plugin.name, version);
  return installed === undefined ? undefined : { version, note: "installed for the CLI" };
}

const launcherMark = "# Launcher of a stand-in of the lab";

/** Whether a file is not the real plugin but a launcher of a lab, for example of another lab that is running. */
async function isLauncher(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.subarray(0, bytesRead).includes(launcherMark);
  } finally {
    await handle.close();
  }
}

async function writeLauncher(plugin: Plugin, directory: string, pathDirectory: string): Promise<void> {
  const program = path.join(directory, "stand-ins", plugin.standIn, "main.js");
  await mkdir(path.dirname(program), { recursive: true });
  await writeFile(program, await compile(path.join(__dirname, plugin.standIn, "main.ts")));
  const script = [
    "#!/bin/sh",
    launcherMark,
    // `exec` is needed, because the engine watches and ends only the process that it started, so there must be no
    // second process.
    `exec ${quoted(process.execPath)} ${quoted(program)} "$@"`,
  ];
  const file = path.join(pathDirectory, plugin.name);
  await writeFile(file, `${script.join("\n")}\n`, { mode: 0o755 });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function sdkVersion(plugin: Plugin): string {
  return (createRequire(__filename)(`${plugin.sdk}/package.json`) as { version: string }).version;
}

const compiled = new Map<string, Promise<Uint8Array>>();

/**
 * Bundles a stand-in and all its imports into one CommonJS file. Node starts it in a third of the time that it would
 * need with a loader. A process compiles each stand-in only once, even if it starts several labs.
 */
function compile(main: string): Promise<Uint8Array> {
  const text = compiled.get(main) ?? compileNow(main);
  compiled.set(main, text);
  return text;
}

async function compileNow(main: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    platform: "node",
    target: `node${process.versions.node}`,
    minifyWhitespace: true,
    logLevel: "error",
  });
  return outputFiles[0]!.contents;
}
