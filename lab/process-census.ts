import * as fs from "node:fs";
import * as path from "node:path";
import { commandLineOf, familyOf, readOfProcess } from "./process-family";

/** What the lab's processes were seen to do. */
export interface Census {
  /** Program and its arguments, each distinct command line once. */
  readonly commandLines: ReadonlySet<string>;
  /**
   * Program to the variables that it was seen to have, as `NAME=value`. The Pulumi CLI and all that it started come after
   * `pulumi: `: which programs a real plugin or language host starts is not ours to know.
   */
  readonly environments: ReadonlyMap<string, ReadonlySet<string>>;
  /** The most memory that all of them had at one time; undefined where it was not asked for, or /proc is not there. */
  readonly peakBytes: number | undefined;
  /** At that time, the largest: name and bytes. */
  readonly largestAtPeak: readonly { readonly name: string; readonly bytes: number }[];
  stop(): void;
}

const PERIOD_MS = 250;

/**
 * Looks four times a second at this process and all that it started, directly or not (/proc, so on Linux only): the
 * arguments of each, which every user of the machine can read, and its environment. With `memory` also once a second at the
 * memory of all together, which costs the kernel a twentieth of a processor; what processes share is counted once (Pss)
 * where the kernel says, else in each (Rss).
 */
export function startCensus({ root = process.pid, memory = false } = {}): Census {
  const commandLines = new Set<string>();
  const environments = new Map<string, Set<string>>();
  const census = {
    commandLines,
    environments,
    peakBytes: undefined as number | undefined,
    largestAtPeak: [] as { name: string; bytes: number }[],
    stop: () => clearInterval(timer),
  };
  /** What each process ran when its environment was read. */
  const read = new Map<number, string>();
  let rounds = 0;
  const look = () => {
    const parents = familyOf(root);
    const family = [...parents.keys()];
    const ofCli = new Set<number>();
    family.forEach((pid) => {
      const line = commandLineOf(pid);
      if (isCli(line) || ofCli.has(parents.get(pid) ?? 0)) {
        ofCli.add(pid);
      }
      if (line !== "") {
        commandLines.add(line);
      }
      if (line !== "" && read.get(pid) !== line) {
        read.set(pid, line);
        const name = `${ofCli.has(pid) ? "pulumi: " : ""}${nameOf(pid)}`;
        const known = environments.get(name) ?? new Set();
        environments.set(name, known);
        readOfProcess(pid, "environ")
          .split("\0")
          .filter(Boolean)
          .forEach((variable) => known.add(variable));
      }
    });
    if (memory && rounds++ % 4 === 0) {
      const sizes = family.map((pid) => ({ name: nameOf(pid), bytes: residentBytes(pid) }));
      const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
      if (total > (census.peakBytes ?? 0)) {
        census.peakBytes = total;
        census.largestAtPeak = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 12);
      }
    }
  };
  const timer = setInterval(look, PERIOD_MS);
  timer.unref();
  if (fs.existsSync("/proc/self/stat")) {
    look();
  } else {
    clearInterval(timer);
  }
  return census;
}

function isCli(commandLine: string): boolean {
  return path.basename(commandLine.split(" ", 1)[0] ?? "") === "pulumi";
}

function nameOf(pid: number): string {
  const words = readOfProcess(pid, "cmdline").split("\0");
  // Of a script the loaders before it are not what it is.
  const script = words.slice(1).findLast((word) => /\.[jt]s$/.test(word));
  return [words[0], script]
    .map((word) => word?.split("/").slice(-2).join("/"))
    .filter(Boolean)
    .join(" ");
}

function residentBytes(pid: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(readOfProcess(pid, "smaps_rollup"));
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(proportional === null ? readOfProcess(pid, "status") : "");
  return Number((proportional ?? resident)?.[1] ?? 0) * 1024;
}
