import * as fs from "node:fs";
import * as path from "node:path";

/** The path of a command, looked up on the PATH if it is a bare name. Throws a sentence if it cannot be run. */
export function findCommand(name: string, command: string, env: NodeJS.ProcessEnv): string {
  if (command.includes(path.sep)) {
    if (!fs.existsSync(command)) {
      throw new Error(`${name} cannot be started: there is no program ${command}.`);
    }
    if (!isRunnable(command)) {
      throw new Error(`${name} cannot be started: ${command} is not an executable file.`);
    }
    return path.resolve(command);
  }
  for (const directory of (env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(directory, command);
    if (directory !== "" && isRunnable(candidate)) {
      return candidate;
    }
  }
  throw new Error(`${name} cannot be started: there is no program "${command}" on the PATH.`);
}

function isRunnable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    // Not there, or not for us: either way it is not the program that is looked for.
    return false;
  }
}
