import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../conventions/project-root";

/** The project's files that match one of these patterns, whether they are committed or not. */
export function projectFiles(...patterns: readonly string[]): string[] {
  const options = ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns];
  return execFileSync("git", options, { cwd: projectRoot, encoding: "utf8" })
    .split("\n")
    .filter((name) => name !== "" && existsSync(join(projectRoot, name)));
}

/** A page in which code blocks are replaced by empty lines. */
export function withoutCodeBlocks(page: string): string {
  let isFenced = false;
  let isList = false;
  return page
    .split("\n")
    .map((line) => {
      const isFence = /^ *```/.test(line);
      if (isFence) isFenced = !isFenced;
      if (isFence || isFenced) return "";
      if (/^\S/.test(line)) isList = /^(?:-|\d+\.) /.test(line);
      // The paragraphs of a list are also indented, but less than the code in a list.
      return /^ {6}/.test(line) || (!isList && /^ {4}/.test(line)) ? "" : line;
    })
    .join("\n");
}
