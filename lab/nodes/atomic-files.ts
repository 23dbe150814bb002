import * as fs from "node:fs/promises";
import * as path from "node:path";

/** The contents of files by their relative path. */
export type Files = ReadonlyMap<string, Buffer>;

let written = 0;

/**
 * Writes files into a volume's directory as a kubelet does. The files are in a new directory, and the link `..data` is
 * switched to it in one step, so that a reader sees either all old files or all new files. Each top-level name is a
 * link to a name below `..data`.
 */
export async function writeAtomically(directory: string, files: Files): Promise<void> {
  await fs.mkdir(directory, { recursive: true, mode: 0o700 });
  const generation = `..${Date.now()}_${++written}`;
  for (const [name, content] of files) {
    const file = path.join(directory, generation, name);
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await fs.writeFile(file, content, { mode: 0o600 });
  }
  await fs.mkdir(path.join(directory, generation), { recursive: true, mode: 0o700 });
  const data = path.join(directory, "..data");
  const previous = await linkTarget(data);
  await fs.symlink(generation, `${data}_tmp`);
  await fs.rename(`${data}_tmp`, data);
  await linkTopLevel(directory, files);
  if (previous !== undefined) {
    await fs.rm(path.join(directory, previous), { recursive: true, force: true });
  }
}

async function linkTopLevel(directory: string, files: Files): Promise<void> {
  const wanted = new Set([...files.keys()].map((name) => name.split("/")[0] as string));
  for (const entry of await fs.readdir(directory, { withFileTypes: true })) {
    if (entry.isSymbolicLink() && entry.name !== "..data" && !wanted.delete(entry.name)) {
      await fs.unlink(path.join(directory, entry.name));
    }
  }
  for (const name of wanted) {
    await fs.symlink(path.join("..data", name), path.join(directory, name));
  }
}

async function linkTarget(link: string): Promise<string | undefined> {
  try {
    return await fs.readlink(link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
