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
  /** Is called with each line of standard error as soon as it is printed. */
  readonly onErrorLine?: (line: string) => void;
  /** Whether a line of standard error only shows progress; error messages leave such lines out. */
  readonly isProgress?: (line: string) => boolean;
}

/** The output of a command. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that failed. The message is for users, with the end of the command's output. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly output: CommandOutput,
  ) {
    super(message);
  }
}

/**
 * Runs a command until it ends. If this process dies, for whatever reason, the command is interrupted: a build takes
 * minutes, and nothing would use its result.
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
      // A build cleans up when it is interrupted. A command with a time-out only prints a version, so it is killed at
      // once.
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
      // execFile reports an abort at once. Wait for the end, so that the command cannot write into a directory that is
      // then removed.
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

/** All executables with that name on PATH, in the order of PATH. */
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
 * With `setpriv` (Linux, util-linux) the kernel sends the signal when this process ends. Without it, the command is
 * interrupted only if this process ends normally.
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
