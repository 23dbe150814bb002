import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";

/** A copy of the project in a temporary directory. */
export interface Copy {
  readonly root: string;
  remove(): Promise<void>;
}

/** Directories that are not copied: the packages are linked instead, and no test needs the other two. */
const LEFT_OUT = new Set(["node_modules", ".git", ".lab"]);

/** Copies the project as it is, including uncommitted changes. */
export async function copyOf(project: string): Promise<Copy> {
  const root = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "alerting-copy-")));
  await fs.cp(project, root, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  await fs.symlink(await fs.realpath(path.join(project, "node_modules")), path.join(root, "node_modules"));
  return { root, remove: () => fs.rm(root, { recursive: true, force: true }) };
}
