import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { Fault } from "../validation/faults";
import { readRuleFile, type RuleFile } from "./rule-file";

/** One file of the folder in `alerting:rules.folder`. */
export interface FolderFile {
  /** The path of the file relative to the project's folder, as the setting writes it: `<folder>/<file>`. */
  readonly name: string;
  readonly content: RuleFile;
}

/** The rule files of the folder, sorted by name, and the problems of the folder and its files. */
export interface RuleFolder {
  readonly files: readonly FolderFile[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

const key = "alerting:rules.folder";
const ruleFile = /\.ya?ml$/i;
/** The subfolder for promtool tests of the rules. It is skipped, because Prometheus cannot read such tests. */
const testFolder = "tests";
/** The maximum size of a ConfigMap. */
const largest = 1024 ** 2;

/** Reads the rule files of a folder of the project, without subfolders. */
export function rulesOfFolder(projectFolder: string, folder: string): RuleFolder {
  const path = join(projectFolder, folder);
  const fault = (sentence: string): RuleFolder => ({ files: [], faults: [{ key, sentence }], warnings: [] });
  const accepted = "accepted: a folder with rule files, relative to the folder of Pulumi.yaml";
  let entries: Dirent[];
  try {
    if (!statSync(path).isDirectory()) return fault(`got "${folder}", which is a file; ${accepted}.`);
    if (leaves(projectFolder, path)) return fault(`got "${folder}", which is outside the project; ${accepted}.`);
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return fault(`got "${folder}", ${reasonOf(error, "which does not exist")}; ${accepted}.`);
  }
  const named = entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const files: FolderFile[] = [];
  for (const entry of named) {
    const name = `${folder.replace(/\/+$/, "")}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name === testFolder) continue;
      const sentence = "is a folder, which is not read; put rule files beside it, and their tests into `tests`.";
      warnings.push({ key: name, sentence });
    } else if (ruleFile.test(entry.name)) {
      const content = contentOf(projectFolder, join(path, entry.name));
      for (const { line, sentence } of content.faults)
        faults.push({ key: line === undefined ? name : `${name}:${line}`, sentence });
      files.push({ name, content });
    }
  }
  if (files.length === 0)
    warnings.push({
      key,
      sentence: `got "${folder}", which has no file *.yaml or *.yml; no rule is read from it.`,
    });
  return { files, faults, warnings };
}

/**
 * The files with promtool tests of the folder's rules, sorted by name, relative to the project's folder; empty if there
 * are none.
 */
export function ruleTestsOfFolder(projectFolder: string, folder: string): string[] {
  const tests = `${folder.replace(/\/+$/, "")}/${testFolder}`;
  const path = join(projectFolder, tests);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => ruleFile.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => `${tests}/${name}`);
}

/** Reads one file of the folder. Reports a problem if it is not a readable file within the project. */
function contentOf(projectFolder: string, path: string): RuleFile {
  const wrong = (sentence: string): RuleFile => ({ groups: [], lineOf: () => 1, faults: [{ sentence }] });
  try {
    const about = statSync(path);
    // Reading something other than a file, such as a pipe, might never end.
    if (!about.isFile()) return wrong("is not a file; rules are read from files directly in the folder.");
    const { size } = about;
    if (leaves(projectFolder, path))
      return wrong(
        "is a link to a place outside the project, so that others would read other rules; put the file here.",
      );
    if (size > largest) {
      const limit = `${largest.toLocaleString("en")} bytes of a ConfigMap, in which all rules have to fit`;
      return wrong(`has ${size.toLocaleString("en")} bytes, more than the ${limit}; leave rules out.`);
    }
    return readRuleFile(new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    if (error instanceof TypeError) return wrong("is not UTF-8; save it as UTF-8.");
    return wrong(`is a file ${reasonOf(error, "that is a broken link")}.`);
  }
}

/** Whether the real path, after following links, is outside of the project. */
function leaves(projectFolder: string, path: string): boolean {
  const inside = relative(realpathSync(projectFolder), realpathSync(path));
  return inside.startsWith("..") || isAbsolute(inside);
}

function reasonOf(error: unknown, absent: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return absent;
  return code === "EACCES" || code === "EPERM" ? "that this user may not read" : `that cannot be read (${code ?? "?"})`;
}
