import { posix } from "node:path";

/** Whether all paths are different, no path contains another one, and no path is the root. */
export function isDisjoint(paths: readonly string[]): boolean {
  const parts = paths.map((path) => posix.join("/", path, "/"));
  return parts.every((one, index) => one !== "/" && parts.every((other, at) => at === index || !other.startsWith(one)));
}
