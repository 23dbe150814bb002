import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { faultsIn, translationText } from "../../values/still-wrong";
import { writtenPath } from "../../validation/finding";
import { otherChart } from "../../chart/legacy/other-chart";
import { parseSetFlags } from "../../chart/legacy/set-flags";
import { refusedKeys } from "../../chart/overrides/keys";
import { yesterdaysKeys } from "../../chart/legacy/yesterday";
import { isMap, plainData, type PlainMap } from "../../validation/plain-data";

const usage = "npm run values:translate -- <values.yaml> [--set a.b=c …]";

/** The program behind `npm run values:translate`: what it prints, and how it ends. */
export function translate(args: readonly string[]): { out: string; error: string; code: number } {
  if (args[0] === "--help" || args[0] === "-h") return { out: `${usage}\n`, error: "", code: 0 };
  const fail = (sentence: string) => ({ out: "", error: `${sentence}\nUsage: ${usage}\n`, code: 1 });
  const first = args.findIndex((arg) => arg.startsWith("-"));
  const flags = first < 0 ? [] : args.slice(first);
  const { values, faults, files } = parseSetFlags(flags);
  const named = [...args.slice(0, first < 0 ? undefined : first), ...files];
  if (named.length === 0 && flags.length === 0) return fail("Name a values file, or flags as Helm takes them.");
  if (faults.length > 0) return fail(`Of the flags, ${faults.join("; ")}.`);
  let tree: PlainMap = {};
  for (const file of named) {
    const read = readValues(file);
    if (typeof read === "string") return fail(read);
    tree = over(tree, read);
  }
  tree = over(tree, values);
  const other = otherChart(tree);
  if (other) return { out: "", error: `${named.join(" ") || "The list of flags"} ${other.sentence}\n`, code: 1 };
  const { findings, today } = yesterdaysKeys(tree);
  const say = (out: string) => ({ out, error: "", code: 0 });
  if (today === undefined) return say(asItIs(tree));
  const all = [...findings, ...refusedKeys(tree)];
  const list = all.map(({ path, sentence }) => `  - ${writtenPath(path)}: ${sentence}`).join("\n");
  return say(`${all.length} keys to be written elsewhere today:\n${list}\n\n${translationText(today)}`);
}

/** What becomes of values in which nothing is old. */
function asItIs(values: PlainMap): string {
  const faults = faultsIn({ settings: { values }, secrets: [] });
  if (faults.length === 0) return "Nothing to translate: write it as it is under alerting:values.\n";
  const list = faults.map(({ key, sentence }) => `  - ${key}: ${sentence}`).join("\n");
  return `Nothing of an older chart that is known here, and under alerting:values it would be refused:\n${list}\n`;
}

/** The values in a file, or the sentence that says why there are none. */
function readValues(file: string): PlainMap | string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return `${file} cannot be read.`;
  }
  try {
    const values = plainData(parse(text, { maxAliasCount: 100 })).copy;
    return isMap(values) ? values : `${file} holds no map of values.`;
  } catch (fault) {
    // The first line says where; the rest shows the text, which may hold a secret.
    return `${file} is no YAML: ${(fault as Error).message.split("\n")[0]!}`;
  }
}

/** Values over values, as several files and flags of one command. */
function over(base: PlainMap, more: PlainMap): PlainMap {
  const merged: PlainMap = { ...base };
  for (const [key, value] of Object.entries(more)) {
    const before = merged[key];
    merged[key] = isMap(before) && isMap(value) ? over(before, value) : value;
  }
  return merged;
}

if (require.main === module) {
  const { out, error, code } = translate(process.argv.slice(2));
  process.stdout.write(out);
  process.stderr.write(error);
  process.exitCode = code;
}
