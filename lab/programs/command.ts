import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
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
export function run(
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions,
): Promise<CommandOutput> {
  const [file, fileArguments] = tiedToThisProcess(command, commandArguments, options.env);
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
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const directories = (env.PATH ?? "").split(path.delimiter).filter((directory) => path.isAbsolute(directory));
  return [...new Set(directories.map((directory) => path.join(directory, name)))].filter(isExecutable);
}

/** Whether there is a file that may be started. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // It does not exist, or this user may not start it.
    return false;
  }
}

/** `setpriv` (Linux, util-linux) has the kernel send the signal when this process ends; without it, only a clean end is seen. */
function tiedToThisProcess(
  command: string,
  commandArguments: readonly string[],
  env: NodeJS.ProcessEnv,
): [string, string[]] {
  const [setpriv] = onPath("setpriv", env);
  return setpriv === undefined
    ? [command, [...commandArguments]]
    : [setpriv, ["--pdeathsig", "INT", command, ...commandArguments]];
}

function describe(command: string, commandArguments: readonly string[]): string {
  const text = [path.basename(command), ...commandArguments].join(" ");
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}
