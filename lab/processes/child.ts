import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isMainThread } from "node:worker_threads";
import { isExecutable, onPath } from "../programs/command";

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running program of the lab. It never outlives the lab, even if the lab is killed. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** The file that receives the program's standard output and standard error. */
  readonly logFile: string;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** True until the process has ended. */
  readonly running: boolean;
  /** True after `stop()` was called, so that the end of the process is intended. */
  readonly stopping: boolean;
  /**
   * Sends SIGTERM, and after `graceMs` (default 5000) SIGKILL. Without any grace (0) it sends only SIGKILL, so that the
   * program cannot take leave. Resolves when the process has ended.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * The environment of the lab's Go programs. They collect garbage less often than by default, because a small machine
 * has more memory to spare than processor time.
 */
export const goEnvironment: Readonly<Record<string, string>> = { GOGC: "400" };

/**
 * How to start a program. Other processes can read a program's arguments and environment, so secrets belong in files.
 */
export interface ChildOptions {
  /** The program's name in messages. */
  readonly name: string;
  /** The path of the program, or a name that is looked up on the `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  /** The program's environment. The default is the lab's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The log file. It is created with its directory, or appended to if it exists. */
  readonly logFile: string;
}

/**
 * Starts a program whose output is written to a file. The program has a new process group, so that Ctrl-C at the
 * terminal reaches only the lab, which then stops its children in order. Processes that the program itself started end
 * with the program.
 *
 * Throws an error with a message for users if the command, or the working directory, does not exist.
 */
export function startChild(options: ChildOptions): Child {
  const env = options.env ?? process.env;
  if (!isMainThread) {
    throw new Error(
      `${options.name}: start it from the main thread; if a worker thread starts it, Linux ends it with that thread.`,
    );
  }
  if (options.cwd !== undefined && !fs.existsSync(options.cwd)) {
    throw new Error(`${options.name} cannot be started in ${options.cwd}: there is no such directory.`);
  }
  const isPath = options.command.includes(path.sep);
  const [command] = isPath ? [options.command].filter(isExecutable) : onPath(options.command, env);
  if (command === undefined) {
    const where = isPath ? "" : " on the PATH";
    throw new Error(`${options.name} cannot be started: there is no executable file ${options.command}${where}.`);
  }
  const [setpriv] = onPath("setpriv", process.env);
  if (setpriv === undefined) {
    throw new Error(`${options.name} cannot be started: setpriv (util-linux) is not on the PATH.`);
  }
  fs.mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = fs.openSync(options.logFile, "a");
  let childProcess: ChildProcess;
  try {
    childProcess = spawn(setpriv, endsWithParent(process.pid, path.resolve(command), options.args), {
      env: { ...goEnvironment, ...env },
      cwd: options.cwd,
      stdio: ["ignore", log, log],
      detached: true,
    });
  } finally {
    fs.closeSync(log);
  }
  if (childProcess.pid === undefined) {
    // The "error" event comes too late for this function, which throws its own error below.
    childProcess.on("error", () => undefined);
    throw new Error(`${options.name} could not be started: ${setpriv} cannot be run on this machine.`);
  }
  return new RunningChild(options.name, childProcess.pid, options.logFile, childProcess);
}

class RunningChild implements Child {
  public readonly exited: Promise<Exit>;
  public running = true;
  public stopping = false;

  constructor(
    public readonly name: string,
    public readonly pid: number,
    public readonly logFile: string,
    childProcess: ChildProcess,
  ) {
    this.exited = new Promise((resolve) => {
      childProcess.once("exit", (code, signal) => {
        this.running = false;
        // The signal goes to the process group, which contains the processes that the program left behind.
        this.signal("SIGKILL");
        resolve({ code, signal });
      });
    });
  }

  public async stop(graceMs = 5_000): Promise<void> {
    this.stopping = true;
    if (!this.running) {
      return;
    }
    this.signal(graceMs > 0 ? "SIGTERM" : "SIGKILL");
    const kill = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(kill);
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
      // ESRCH means that no process of the group is left, which is the intended result.
    }
  }
}

/** A sentence about a process that ended by itself, with the end of its log. */
export function endedSentence(child: Child, exit: Exit): string {
  const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
  return `${child.name} (process ${child.pid}) has ended ${how}.\n${tailOf(child.logFile)}`;
}

/** Calls `report` with a sentence if the process ends although `stop()` was not called. */
export function onUnexpectedEnd(child: Child, report: (sentence: string) => void): void {
  void child.exited.then((exit) => {
    if (!child.stopping) report(endedSentence(child, exit));
  });
}

/**
 * Arguments of `setpriv` that make the kernel end the command when its parent ends. The parent may have ended before
 * `setpriv` made this request, so a shell checks the parent once more and then becomes the command.
 */
function endsWithParent(parent: number, command: string, args: readonly string[]): string[] {
  const onlyWithParent = '[ "$PPID" = "$0" ] && exec "$@"';
  return ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", onlyWithParent, String(parent), command, ...args];
}

const maxTailBytes = 16_384;

/** The end of an error message: a line that names the log file, and below it the last lines of the log. */
export function tailOf(logFile: string, lines = 15): string {
  let text: string;
  try {
    text = fs.readFileSync(logFile).subarray(-maxTailBytes).toString("utf8");
  } catch (error) {
    return `Its log ${logFile} cannot be read: ${(error as Error).message}`;
  }
  const last = text.trimEnd().split("\n").slice(-lines);
  if (last.join("") === "") {
    return `Its log ${logFile} is empty.`;
  }
  return [`The end of its log ${logFile}:`, ...last.map((line) => `    ${line}`)].join("\n");
}
