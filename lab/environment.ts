import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "./lab";
import { findPrograms } from "./programs/find";

/** Variables as lines of a shell script; what is empty is not set, because the AWS CLI takes that for a name. */
export function exportLines(variables: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(variables).map(([name, value]) =>
    value ? `export ${name}=${quoted(value)}` : `unset ${name}`,
  );
}

/**
 * Writes what a shell has to `source` to use the lab as its cluster: the kubeconfig, the address and keys of AWS, and the
 * CLI with its state, passphrase and plugins, and amtool and promtool beside it. `LAB` is the run's directory, and `project` in it the CLI's. Readable by this
 * user alone, because the keys are in it, which work only in this run.
 */
export async function writeEnvironment({
  directory,
  stacks,
}: Pick<Lab, "directory"> & { readonly stacks: Pick<Lab["stacks"], "env"> }): Promise<string> {
  const file = path.join(directory, "environment");
  for (const { name, path: program } of Object.values(await findPrograms(["amtool", "promtool"], () => undefined))) {
    await fs.symlink(program, path.join(directory, "bin", name));
  }
  await fs.writeFile(file, [...exportLines({ LAB: directory, ...stacks.env }), ""].join("\n"), { mode: 0o600 });
  return file;
}

/** A string as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
