import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";

/** How a command is run. */
export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Takes each line of standard error as it comes. */
  readonly onErrorLine?: (line: string) => void;
  /** Tells lines of standard error that are mere progress: an error message leaves them out. */
  readonly isProgress?: (line: string) => boolean;
}

/** What a command printed. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended badly; the message is a sentence with the end of what it printed. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly output: CommandOutput,
  ) {
    super(message);
  }
}

/**
 * Runs a command to its end. It is interrupted when this process dies, however that happens: a build takes minutes, and
 * nobody would be there to take its result.
 */
export async function run(
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions,
): Promise<CommandOutput> {
  const [file, fileArguments] = await tiedToThisProcess(command, commandArguments, options.env);
  return new Promise((resolve, reject) => {
    const child = spawn(file, fileArguments, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      signal: options.signal,
      timeout: options.timeoutMs,
      // A build clears up when it is interrupted; what only had to tell its version is not given another chance.
      killSignal: options.timeoutMs === undefined ? "SIGINT" : "SIGKILL",
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => stdout.push(chunk));
    createInterface({ input: child.stderr }).on("line", (line) => {
      stderr.push(line);
      options.onErrorLine?.(line);
    });
    child.once("error", (error) => {
      // An abort is reported at once; wait for the end, so that the command writes no more into what is then removed.
      if (error.name !== "AbortError") {
        reject(new Error(`${command} cannot be started: ${error.message}`));
      }
    });
    child.once("close", (code, signal) => {
      const output = { stdout: stdout.join(""), stderr: stderr.join("\n") };
      if (code === 0) {
        resolve(output);
        return;
      }
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      const telling = (output.stderr || output.stdout)
        .split("\n")
        .filter((line) => options.isProgress?.(line) !== true);
      const tail = telling.join("\n").trim().split("\n").slice(-12).join("\n");
      reject(new CommandError(`\`${describe(command, commandArguments)}\` ${how}${tail && `:\n${tail}`}`, output));
    });
  });
}

/** The executables of that name on PATH, in PATH's order. */
export async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  for (const directory of (env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(directory, name);
    if (path.isAbsolute(directory) && !found.includes(file) && (await isExecutable(file))) {
      found.push(file);
    }
  }
  return found;
}

/** Whether a file is there and may be started. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to start: either way it is no candidate.
    return false;
  }
}

/** `setpriv` (Linux, util-linux) has the kernel send the signal when this process ends; without it, only a clean end is seen. */
async function tiedToThisProcess(
  command: string,
  commandArguments: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<[string, string[]]> {
  const [setpriv] = await onPath("setpriv", env);
  return setpriv === undefined
    ? [command, [...commandArguments]]
    : [setpriv, ["--pdeathsig", "INT", command, ...commandArguments]];
}

function describe(command: string, commandArguments: readonly string[]): string {
  const text = [path.basename(command), ...commandArguments].join(" ");
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}
