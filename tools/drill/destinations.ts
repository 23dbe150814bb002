import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";

/**
 * Why the picture and the report cannot be written, each a sentence: reported before a drill, because afterwards
 * it would have to be done again. Leaves nothing behind.
 */
export async function destinationFaults({
  out,
  json,
}: {
  readonly out?: string;
  readonly json?: string;
}): Promise<string[]> {
  const problems = await Promise.all([
    out === undefined ? undefined : directoryProblem("--out", path.resolve(out)),
    json === undefined ? undefined : fileProblem("--json", path.resolve(json)),
  ]);
  return problems.filter((one) => one !== undefined);
}

async function fileProblem(option: string, file: string): Promise<string | undefined> {
  const there = await fs.stat(file).catch(() => undefined);
  if (there === undefined) return directoryProblem(option, path.dirname(file));
  if (there.isDirectory()) return `${option}: ${file} is a directory; name a file.`;
  return worked(fs.access(file, constants.W_OK), `${option}: ${file} cannot be written to.`);
}

/** A directory that does not exist yet is made in the nearest one that does. */
async function directoryProblem(option: string, directory: string): Promise<string | undefined> {
  const there = await fs.stat(directory).catch(() => undefined);
  if (there === undefined) return directoryProblem(option, path.dirname(directory));
  if (!there.isDirectory()) return `${option}: ${directory} is not a directory.`;
  // Tried, because some places, such as /proc, take no folder although the permissions say so.
  const trying = fs.mkdtemp(path.join(directory, "drill-")).then((made) => fs.rmdir(made));
  return worked(trying, `${option}: ${directory} cannot be written to.`);
}

function worked(trying: Promise<void>, problem: string): Promise<string | undefined> {
  return trying.then(
    () => undefined,
    () => problem,
  );
}
