import * as fs from "node:fs";

/** What the lab's processes were seen to do. */
export interface Census {
  /** Program and its arguments, each distinct command line once. */
  readonly commandLines: ReadonlySet<string>;
  /** The most memory that all of them had at one time; undefined where /proc is not there. */
  readonly peakBytes: number | undefined;
  /** At that time, the largest: name and bytes. */
  readonly largestAtPeak: readonly { readonly name: string; readonly bytes: number }[];
  stop(): void;
}

const PERIOD_MS = 250;

/**
 * Looks four times a second at this process and all that it started, directly or not (/proc, so on Linux only): the
 * arguments of each, which every user of the machine can read, and the memory of all together. Memory that processes
 * share is counted once (Pss) where the kernel says, else in each (Rss).
 */
export function startCensus(root = process.pid): Census {
  const commandLines = new Set<string>();
  const census = {
    commandLines,
    peakBytes: undefined as number | undefined,
    largestAtPeak: [] as { name: string; bytes: number }[],
    stop: () => clearInterval(timer),
  };
  let rounds = 0;
  const look = () => {
    const family = descendantsOf(root);
    family.forEach((pid) => {
      const line = commandLine(pid);
      if (line !== "") {
        commandLines.add(line);
      }
    });
    // Summing up shared memory costs the kernel some work: once a second will do.
    if (rounds++ % 4 === 0) {
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

/** A process and all that it started, directly or not; only itself where there is no /proc. */
export function descendantsOf(root: number): number[] {
  if (!fs.existsSync("/proc/self/stat")) {
    return [root];
  }
  const children = new Map<number, number[]>();
  for (const entry of fs.readdirSync("/proc")) {
    const pid = Number(entry);
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined;
    if (parent !== undefined) {
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
  }
  const found = [root];
  for (const pid of found) {
    found.push(...(children.get(pid) ?? []));
  }
  return found;
}

function parentOf(pid: number): number | undefined {
  // "pid (name) state ppid": the name may hold spaces and brackets.
  const stat = read(`/proc/${pid}/stat`);
  const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

function nameOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`).split("\0");
  // Of a script the loaders before it are not what it is.
  const script = words.slice(1).findLast((word) => /\.[jt]s$/.test(word));
  return [words[0], script]
    .map((word) => word?.split("/").slice(-2).join("/"))
    .filter(Boolean)
    .join(" ");
}

function residentBytes(pid: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(proportional === null ? read(`/proc/${pid}/status`) : "");
  return Number((proportional ?? resident)?.[1] ?? 0) * 1024;
}

/** Empty for a process that has ended between two looks, or whose file is not for us. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
