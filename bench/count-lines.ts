/**
 * `npm run count [-- <commit> ...]`: counts hand-written lines of TypeScript and Go by top-level folder, without blank
 * lines, comments and generated files, in the last commit or in the commits named.
 */
import { execFileSync } from "node:child_process";
import { projectRoot } from "../conventions/project-root";
import { markdown } from "./markdown";

/** Folders that are not part of the program; in older commits each tool has its own top-level folder. */
const parts: Readonly<Record<string, RegExp>> = {
  tools: /^(tools|credentials|drill|preflight|pull-requests|stack|supply-chain|translate|chart\/generator)\//,
  lab: /^lab\//,
  bench: /^bench\//,
  test: /^test\//,
};
const sources = ["*.ts", "*.cjs", "*.go", ":!prometheus/parsers/built"];

/** The output of `git grep` on a commit's sources, as lines; fails if nothing is found. */
function grep(commit: string, ...args: string[]): string[] {
  const command = ["grep", "-E", ...args, commit, "--", ...sources];
  const printed = execFileSync("git", command, { cwd: projectRoot, encoding: "utf8" });
  return printed
    .trim()
    .split("\n")
    .map((line) => line.slice(commit.length + 1));
}

function count(commit: string): ReadonlyMap<string, number> {
  const made = new Set(grep(commit, "-l", "^// Made by"));
  const lines = new Map<string, number>();
  const add = (key: string, more: number) => lines.set(key, (lines.get(key) ?? 0) + more);
  for (const line of grep(commit, "-c", "-v", String.raw`^\s*($|//|/\*|\*( |/|$))`)) {
    const [file = "", found] = line.split(":");
    if (made.has(file)) continue;
    const part = Object.keys(parts).find((name) => parts[name]!.test(file)) ?? "program";
    const room = file.includes("/") ? file.slice(0, file.indexOf("/")) : "(top)";
    if (part === "program") add(`program: ${room}`, Number(found));
    add(part, Number(found));
    if (["program", "tools", "lab"].includes(part)) add("program, tools and lab", Number(found));
  }
  return lines;
}

const commits = process.argv.length > 2 ? process.argv.slice(2) : ["HEAD"];
const counted = commits.map(count);
const keys = [...new Set(counted.flatMap((one) => [...one.keys()]))].sort();
console.log(
  markdown(
    ["room", ...commits],
    keys.map((key) => [key, ...counted.map((one) => one.get(key) ?? 0)]),
  ),
);
