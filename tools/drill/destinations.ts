import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";

/**
 * Why the picture and the report cannot be written, each a sentence: reported before a drill, because afterwards
 * it would have to be done again. Leaves nothing behind.
 */
export async function destinationFaults(places: { readonly out?: string; readonly json?: string }): Promise<string[]> {
  const faults = await Promise.all([
    places.out === undefined ? undefined : faultOf("--out", path.resolve(places.out)),
    places.json === undefined ? undefined : jsonFault(path.resolve(places.json)),
  ]);
  return faults.filter((one) => one !== undefined);
}

async function jsonFault(file: string): Promise<string | undefined> {
  const there = await fs.stat(file).catch(() => undefined);
  if (there?.isDirectory()) return `--json: ${file} is a directory; name a file.`;
  if (there !== undefined && !(await isWritable(file))) return `--json: ${file} cannot be written to.`;
  return faultOf("--json", path.dirname(file));
}

/** A directory that is not there yet is made in the nearest one that is. */
async function faultOf(option: string, directory: string): Promise<string | undefined> {
  let there: Awaited<ReturnType<typeof fs.stat>> | undefined;
  try {
    there = await fs.stat(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return faultOf(option, path.dirname(directory));
    return `${option}: ${directory} cannot be written to (${code}).`;
  }
  if (!there.isDirectory()) return `${option}: ${directory} is not a directory.`;
  return (await takesFolders(directory)) ? undefined : `${option}: ${directory} cannot be written to.`;
}

/** Tried, because in some places, such as /proc, nobody can make one whose permissions say so. */
async function takesFolders(directory: string): Promise<boolean> {
  try {
    await fs.rmdir(await fs.mkdtemp(path.join(directory, "drill-")));
    return true;
  } catch {
    return false;
  }
}

function isWritable(file: string): Promise<boolean> {
  return fs.access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
}
