import { findPrograms, type ProgramName, programPath } from "../../../lab/programs/find";

/** Finds a program of the lab before the tests of this suite, or builds it. The result is the program's path. */
export function withProgram(name: ProgramName): () => string {
  let path: string | undefined;
  before(`find ${name}`, async function () {
    // The first run builds the program.
    this.timeout("30m");
    path = programPath(await findPrograms([name], (line) => process.stderr.write(`    ${line}\n`)), name);
  });
  return () => {
    if (path === undefined)
      throw new Error(`${name} is there in tests and hooks only, not while suites are described.`);
    return path;
  };
}
