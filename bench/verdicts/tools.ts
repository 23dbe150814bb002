import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { Say } from "../../lab/progress";
import { wholePromtool } from "./promtool";

/** A tool with the subcommand that is used. */
export type Tool = "promtool check rules" | "promtool check config" | "amtool check-config";

/** For each string, written to a file: the tool's message if it refuses the file, undefined if it accepts it. */
export type Ask = (texts: readonly string[]) => Promise<(string | undefined)[]>;

const batch = 250;

/** The tools, found or built, each as a function that checks many files. */
export async function findTools(tools: readonly Tool[], say: Say): Promise<Readonly<Record<Tool, Ask>>> {
  const needed = [...new Set(tools.map((tool) => tool.split(" ")[0] as "promtool" | "amtool"))];
  const programs = await findPrograms(needed, say);
  // The lab's promtool is enough for rules.
  const whole = tools.includes("promtool check config") ? await wholePromtool(say) : "";
  return {
    "promtool check rules": (texts) => inBatches(texts, (files) => rules(programPath(programs, "promtool"), files)),
    "promtool check config": (texts) => inBatches(texts, (files) => config(whole, files)),
    "amtool check-config": (texts) => inBatches(texts, (files) => amtool(programPath(programs, "amtool"), files)),
  };
}

async function inBatches(
  texts: readonly string[],
  ask: (files: readonly string[]) => Promise<(string | undefined)[]>,
): Promise<(string | undefined)[]> {
  const directory = mkdtempSync(join(tmpdir(), "verdicts-"));
  try {
    const said: (string | undefined)[] = [];
    for (let from = 0; from < texts.length; from += batch) {
      const files = texts.slice(from, from + batch).map((text, at) => {
        const file = join(directory, `${at}.yaml`);
        writeFileSync(file, text);
        return file;
      });
      said.push(...(await ask(files)));
    }
    return said;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function run(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // execa is an ES module, which tsx can load only in this way.
  const { execa } = await import("execa");
  return execa(program, args, { reject: false, maxBuffer: 2 ** 28 });
}

async function rules(program: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await run(program, ["check", "rules", "--lint=none", ...files]);
  if (stdout.match(/^Checking /gm)?.length !== files.length)
    throw new Error(`promtool stopped early: ${stderr.slice(-500)}`);
  const said = new Map<string, string>();
  for (const [, file, words] of stderr.matchAll(/^(\S+\.yaml): (.*(?:\n {2}.*)*)/gm))
    if (!said.has(file!)) said.set(file!, words!);
  return files.map((file) => said.get(file));
}

async function config(program: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await run(program, ["check", "config", "--syntax-only", ...files]);
  const taken = new Set([...stdout.matchAll(/^ SUCCESS: (\S+) is valid/gm)].map(([, file]) => file));
  const words = stderr.split(/^ {2}FAILED: /m).slice(1);
  if (taken.size + words.length !== files.length) throw new Error(`promtool stopped early: ${stderr.slice(-500)}`);
  return files.map((file) => (taken.has(file) ? undefined : words.shift()!.trim()));
}

/** amtool stops at some of the files that it refuses, so it is run again for the files after them. */
async function amtool(program: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await run(program, ["check-config", ...files]);
  const said = stdout.split(/^Checking '[^']+'/m).slice(1);
  const verdicts = said.map((text) => /FAILED: ([^]*)/.exec(text)?.[1]?.trim());
  if (verdicts.length === 0) throw new Error(`amtool checked nothing: ${stderr.slice(-500)}`);
  if (!stderr.includes("panic:")) return verdicts;
  const crashed = [...verdicts.slice(0, -1), `panic: ${/panic: (.*)/.exec(stderr)![1]}`];
  return crashed.length === files.length
    ? crashed
    : [...crashed, ...(await amtool(program, files.slice(crashed.length)))];
}
