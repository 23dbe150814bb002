import * as fs from "node:fs";

/** The process ids of a process and all its descendants. */
export function descendantsOf(root: number): number[] {
  return [...familyOf(root).keys()];
}

/**
 * The ids of a process and all its descendants, with the id of the parent. Parents come before their children.
 * `parents` is kept between calls by those who call often, so that only new processes are read.
 */
export function familyOf(root: number, parents = new Map<number, number>()): Map<number, number | undefined> {
  const family = new Map<number, number | undefined>([[root, undefined]]);
  const children = new Map<number, number[]>();
  const pids = new Set(fs.readdirSync("/proc").map(Number).filter(Number.isInteger));
  for (const pid of parents.keys()) if (!pids.has(pid)) parents.delete(pid);
  for (const pid of pids) {
    const parent = parents.get(pid) ?? parentOf(pid);
    if (parent === undefined) continue;
    parents.set(pid, parent);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  for (const pid of family.keys()) {
    for (const child of children.get(pid) ?? []) {
      family.set(child, pid);
    }
  }
  return family;
}

function parentOf(pid: number): number | undefined {
  // The format is "pid (name) state ppid"; the name may contain spaces and parentheses.
  const stat = readOfProcess(pid, "stat");
  const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

/** The command line of a process, joined with spaces; empty if the process has ended. */
export function commandLineOf(pid: number): string {
  return readOfProcess(pid, "cmdline").replaceAll("\0", " ").trim();
}

/** Kills a process and all its descendants. */
export function endFamily(root: number): void {
  for (const pid of descendantsOf(root)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
      // ESRCH: the process has already ended.
    }
  }
}

/** The content of a process's file in `/proc`; empty if the process has ended or this user may not read the file. */
export function readOfProcess(pid: number, file: "cmdline" | "environ" | "stat" | "status"): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
