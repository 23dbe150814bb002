import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";

/**
 * Reasons why the picture or the report cannot be written, one sentence each. They are checked before a drill, because
 * otherwise the drill would have to be repeated. The check leaves no files behind.
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

/** A directory that does not exist yet will be created in its nearest existing parent. */
async function directoryProblem(option: string, directory: string): Promise<string | undefined> {
  const there = await fs.stat(directory).catch(() => undefined);
  if (there === undefined) return directoryProblem(option, path.dirname(directory));
  if (!there.isDirectory()) return `${option}: ${directory} is not a directory.`;
  // The directory is tested by creating a folder in it, because places such as /proc refuse a folder although the
  // permissions allow it.
  const trying = fs.mkdtemp(path.join(directory, "drill-")).then((made) => fs.rmdir(made));
  return worked(trying, `${option}: ${directory} cannot be written to.`);
}

function worked(trying: Promise<void>, problem: string): Promise<string | undefined> {
  return trying.then(
    () => undefined,
    () => problem,
  );
}
