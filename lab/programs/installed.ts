import os from "node:os";
import path from "node:path";
import { isExecutable, onPath, run } from "./command";
import type { CatalogEntry } from "./catalog";
import { motoVersion } from "./moto";
import type { Program, ProgramName } from "./program";
import { describeRange, serves, versionIn } from "./version-range";

/** The result of a search on `PATH`: a usable program, or the reason why there is none. */
export type Installed = { readonly program: Program } | { readonly reason: string };

/** Looks for a program on `PATH`, and skips unsuitable versions. */
export async function findInstalled(
  name: ProgramName,
  entry: CatalogEntry,
  env: NodeJS.ProcessEnv,
): Promise<Installed> {
  const accepted = entry.serves;
  if (accepted === undefined) return findPlugin(name, entry.version, env);
  const reasons: string[] = [];
  for (const file of onPath(name, env)) {
    try {
      const printed = await printedVersion(file, entry, env);
      const version = versionIn(printed);
      if (version !== undefined && serves(version, accepted)) {
        return { program: { name, path: file, version, origin: "PATH" } };
      }
      const seen = version ?? (printed.split("\n", 1)[0] || "of an unknown version");
      reasons.push(`${file} is ${seen}, and ${describeRange(accepted)} would serve`);
    } catch (error) {
      reasons.push(`${file} does not print its version (${(error as Error).message.split("\n", 1)[0]})`);
    }
  }
  return { reason: reasons.length === 0 ? "not on PATH" : reasons.join("; ") };
}

/** Looks for a plugin as the CLI does: on PATH in any version, then among those that are installed for the CLI. */
function findPlugin(name: ProgramName, version: string, env: NodeJS.ProcessEnv): Installed {
  const [file] = onPath(name, env);
  if (file !== undefined) return { program: { name, path: file, version: "as found", origin: "PATH" } };
  const installed = installedPlugin(pulumiHome(env), name, version);
  if (installed !== undefined) return { program: { name, path: installed, version, origin: "the CLI's plugins" } };
  return { reason: "not on PATH; not installed for the Pulumi CLI" };
}

/** The folder of the user's Pulumi CLI, with its plugins in `plugins/`. */
export function pulumiHome(env: NodeJS.ProcessEnv): string {
  return env.PULUMI_HOME ?? path.join(env.HOME ?? os.homedir(), ".pulumi");
}

/** The plugin that is installed for the CLI in this version; `undefined` if there is none. */
export function installedPlugin(home: string, name: string, version: string): string | undefined {
  const file = path.join(home, "plugins", `${name.replace("pulumi-", "")}-v${version}`, name);
  return isExecutable(file) ? file : undefined;
}

async function printedVersion(file: string, entry: CatalogEntry, env: NodeJS.ProcessEnv): Promise<string> {
  if (entry.versionArguments === undefined) {
    return motoVersion(file, env);
  }
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout, stderr } = await run(file, entry.versionArguments, { env: quiet, timeoutMs: 20_000 });
  // Versions of promtool and other Prometheus programs from before 2022 print their version on standard error.
  return stdout.trim() || stderr.trim();
}
