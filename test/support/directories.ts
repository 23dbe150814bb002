import { posix } from "node:path";

/** Whether the paths are all different, none contains another, and none is the root. */
export function isDisjoint(paths: readonly string[]): boolean {
  const parts = paths.map((path) => posix.join("/", path, "/"));
  return parts.every((one, index) => one !== "/" && parts.every((other, at) => at === index || !other.startsWith(one)));
}
