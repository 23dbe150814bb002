import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "./lab";
import { findPrograms } from "./programs/find";

/**
 * Variables as `export` lines of a shell script. Empty variables are left out, because the AWS CLI would use the empty
 * string as a name.
 */
export function exportLines(variables: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(variables).map(([name, value]) =>
    value ? `export ${name}=${quoted(value)}` : `unset ${name}`,
  );
}

/**
 * Writes the file that a shell must `source` to use the lab as its cluster. The file sets the variables of the
 * kubeconfig, of AWS (address and keys), of the CLI (state, passphrase and plugins), and a `PATH` with amtool, promtool
 * and kubectl. `LAB` is the run's directory, and `$LAB/project` is the CLI's work directory. Only this user can read
 * the file, because it contains keys, although they work only in this run.
 */
export async function writeEnvironment({
  directory,
  stacks,
}: Pick<Lab, "directory"> & { readonly stacks: Pick<Lab["stacks"], "env"> }): Promise<string> {
  const file = path.join(directory, "environment");
  const programs = await findPrograms(["amtool", "promtool", "kubectl"], () => undefined);
  for (const { name, path: program } of Object.values(programs)) {
    await fs.symlink(program, path.join(directory, "bin", name));
  }
  await fs.writeFile(file, [...exportLines({ LAB: directory, ...stacks.env }), ""].join("\n"), { mode: 0o600 });
  return file;
}

/** Quotes a string as one shell word. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
