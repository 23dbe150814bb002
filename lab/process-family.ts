import * as fs from "node:fs";

/** A process and all that it started, directly or not. */
export function descendantsOf(root: number): number[] {
  return [...familyOf(root).keys()];
}

/** A process and all that it started, each with its parent, parents before their children. */
export function familyOf(root: number): Map<number, number | undefined> {
  const family = new Map<number, number | undefined>([[root, undefined]]);
  const children = new Map<number, number[]>();
  for (const entry of fs.readdirSync("/proc")) {
    const pid = Number(entry);
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined;
    if (parent !== undefined) {
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
  }
  for (const pid of family.keys()) {
    for (const child of children.get(pid) ?? []) {
      family.set(child, pid);
    }
  }
  return family;
}

function parentOf(pid: number): number | undefined {
  // "pid (name) state ppid": the name may hold spaces and brackets.
  const stat = readOfProcess(pid, "stat");
  const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

/** A process's program and arguments with spaces between them; empty when it has ended. */
export function commandLineOf(pid: number): string {
  return readOfProcess(pid, "cmdline").replaceAll("\0", " ").trim();
}

/** Ends a process at once, and with it all that it started. */
export function endFamily(root: number): void {
  for (const pid of descendantsOf(root)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
      // ESRCH: it has ended by itself meanwhile.
    }
  }
}

/** A file that the kernel keeps of a process; empty when the process has ended, or when this user may not read it. */
export function readOfProcess(pid: number, file: "cmdline" | "environ" | "stat" | "status"): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
