import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "./run-directory";

const run = promisify(execFile);

/**
 * Checks out the project at a commit, with that commit's packages, below a directory, and returns the path of the
 * checkout.
 */
export async function checkedOut(commit: string, below: string): Promise<string> {
  const directory = path.join(below, `checkout-${commit.slice(0, 12)}`);
  const archive = `${directory}.tar`;
  await fs.mkdir(directory);
  await run("git", ["archive", "--format=tar", `--output=${archive}`, commit], { cwd: projectRoot });
  await run("tar", ["-xf", archive, "-C", directory]);
  await fs.rm(archive);
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: directory });
  return directory;
}
