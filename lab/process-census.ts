import * as path from "node:path";
import { commandLineOf, familyOf, readOfProcess } from "./process-family";

/** The command lines and environments that the lab's processes were seen to have. */
export interface Census {
  /** Each distinct command line: the program and its arguments. */
  readonly commandLines: ReadonlySet<string>;
  /**
   * The environment variables of each program, as `NAME=value`, by the program's name. The names of the Pulumi CLI and
   * of its descendants begin with `pulumi: `, because the lab cannot know which programs real plugins start.
   */
  readonly environments: ReadonlyMap<string, ReadonlySet<string>>;
  stop(): void;
}

const periodMs = 250;

/**
 * Looks four times a second at this process and all its descendants. Records the environment of each process, and its
 * arguments, which every user of the machine can read.
 */
export function startCensus(root = process.pid): Census {
  const commandLines = new Set<string>();
  const environments = new Map<string, Set<string>>();
  /** The command line of each process at the time when its environment was read. */
  const read = new Map<number, string>();
  const parents = new Map<number, number>();
  const look = () => {
    const ofCli = new Set<number>();
    for (const [pid, parent] of familyOf(root, parents)) {
      const line = commandLineOf(pid);
      if (isCli(line) || ofCli.has(parent ?? 0)) {
        ofCli.add(pid);
      }
      if (line === "" || read.get(pid) === line) continue;
      commandLines.add(line);
      read.set(pid, line);
      const name = `${ofCli.has(pid) ? "pulumi: " : ""}${nameOf(pid)}`;
      const known = environments.get(name) ?? new Set();
      environments.set(name, known);
      for (const variable of readOfProcess(pid, "environ").split("\0").filter(Boolean)) known.add(variable);
    }
  };
  look();
  const timer = setInterval(look, periodMs);
  timer.unref();
  return { commandLines, environments, stop: () => clearInterval(timer) };
}

function isCli(commandLine: string): boolean {
  return path.basename(commandLine.split(" ", 1)[0] ?? "") === "pulumi";
}

function nameOf(pid: number): string {
  const words = readOfProcess(pid, "cmdline").split("\0");
  // For a script, the name contains the script's file, but not the loaders before it.
  const script = words.slice(1).findLast((word) => /\.[jt]s$/.test(word));
  return [words[0], script]
    .map((word) => word?.split("/").slice(-2).join("/"))
    .filter(Boolean)
    .join(" ");
}
