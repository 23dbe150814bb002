import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The column of the socket's inode in `/proc/net/tcp`. */
const inodeColumn = 9;

/** Whether this process has a TCP connection of 127.0.0.1 that leads from one port to another port. Only on Linux. */
export function holdsConnection(pid: number, from: number, to: number): boolean {
  const inode = inodeOf(from, to);
  if (inode === undefined) return false;
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => linkTarget(`${folder}/${name}`) === `socket:[${inode}]`);
  } catch {
    // The process has just ended.
    return false;
  }
}

function inodeOf(from: number, to: number): string | undefined {
  const ends = [from, to].map((port) => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`);
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[1] === ends[0] && columns[2] === ends[1])?.[inodeColumn];
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // The process has just closed this file.
    return "";
  }
}
