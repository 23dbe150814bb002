import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** The options of a command. */
export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Is called with each line of standard error as soon as it is printed. */
  readonly onErrorLine?: (line: string) => void;
  /** Whether a line of standard error only shows progress. Such lines are left out of error messages. */
  readonly isProgress?: (line: string) => boolean;
}

/** The output of a command. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** The error if a command failed. Its message is for users, and contains the end of the command's output. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly output: CommandOutput,
  ) {
    super(message);
  }
}

/**
 * Runs a command until it ends. If this process dies, even if it is killed, the command is interrupted, because a build
 * takes minutes and nobody would use the result.
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
      // A build is interrupted, so that it can clean up. A command with a time-out is killed, because it only prints a
      // version.
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
      // `execFile` reports an abort before the command has ended. The end is awaited, because until then the command
      // could write into a directory that the caller is about to remove.
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

/** The paths of all executables with this name on `PATH`, in the order of `PATH`. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const directories = (env.PATH ?? "").split(path.delimiter).filter((directory) => path.isAbsolute(directory));
  return [...new Set(directories.map((directory) => path.join(directory, name)))].filter(isExecutable);
}

/** Whether the file exists and can be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // The file does not exist, or this user may not execute it.
    return false;
  }
}

/**
 * The command line that ends together with this process. With `setpriv` (Linux, util-linux) the kernel sends the
 * signal. Without `setpriv`, the command is interrupted only if this process ends normally.
 */
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
