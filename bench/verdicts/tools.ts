import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { Say } from "../../lab/progress";
import { wholePromtool } from "./promtool";

/** A tool with the part of it that is asked. */
export type Tool = "promtool check rules" | "promtool check config" | "amtool check-config";

/** What the tool says of each text that it refuses as its file, and undefined for what it takes. */
export type Ask = (texts: readonly string[]) => Promise<(string | undefined)[]>;

const batch = 250;

/** The tools, found or built, each as a question about many files. */
export async function findTools(tools: readonly Tool[], say: Say): Promise<Readonly<Record<Tool, Ask>>> {
  const needed = [...new Set(tools.map((tool) => tool.split(" ")[0] as "promtool" | "amtool"))];
  const programs = await findPrograms(needed, say);
  // For rules the lab's will do.
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
  // An ES module that tsx cannot load otherwise.
  const { execa } = await import("execa");
  return execa(program, args, { reject: false, maxBuffer: 2 ** 28 });
}

async function rules(program: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await run(program, ["check", "rules", "--lint=none", ...files]);
  if (stdout.match(/^Checking /gm)?.length !== files.length)
    throw new Error(`promtool broke off: ${stderr.slice(-500)}`);
  const said = new Map<string, string>();
  for (const [, file, words] of stderr.matchAll(/^(\S+\.yaml): (.*(?:\n {2}.*)*)/gm))
    if (!said.has(file!)) said.set(file!, words!);
  return files.map((file) => said.get(file));
}

async function config(program: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await run(program, ["check", "config", "--syntax-only", ...files]);
  const taken = new Set([...stdout.matchAll(/^ SUCCESS: (\S+) is valid/gm)].map(([, file]) => file));
  const words = stderr.split(/^ {2}FAILED: /m).slice(1);
  if (taken.size + words.length !== files.length) throw new Error(`promtool broke off: ${stderr.slice(-500)}`);
  return files.map((file) => (taken.has(file) ? undefined : words.shift()!.trim()));
}

/** It breaks off at some files that it refuses, and is asked anew for those after them. */
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
