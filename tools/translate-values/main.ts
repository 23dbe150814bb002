import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { legacyKeys } from "../../chart/legacy/legacy-keys";
import { migrateValues } from "../../chart/legacy/migrate-values";
import { otherChart } from "../../chart/legacy/other-chart";
import { forbiddenKeys } from "../../chart/overrides/keys";
import { writtenPath } from "../../validation/finding";
import { mergeValues } from "../../validation/merge";
import { isMap, plainData, type PlainMap } from "../../validation/plain-data";
import { migratedText, problemsIn } from "./problems";
import { setFlag } from "./set-flags";

const usage = "npm run values:translate -- <values.yaml> [--set a.b=c …]";

const setFlags = ["set-json", "set", "set-string"] as const;
const many = { type: "string", multiple: true } as const;
const options = {
  ...{ set: many, "set-string": many, "set-json": many },
  values: { ...many, short: "f" },
  help: { type: "boolean", short: "h" },
} as const;

/** The program behind `npm run values:translate`: what it prints, and how it ends. */
export function translate(args: readonly string[]): { out: string; error: string; code: number } {
  const say = (out: string) => ({ out, error: "", code: 0 });
  try {
    const { values: flags, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (flags.help) return say(`${usage}\n`);
    const files = [...positionals, ...(flags.values ?? [])];
    const given = setFlags.flatMap((flag) => (flags[flag] ?? []).map((text) => ({ flag, text })));
    if (files.length === 0 && given.length === 0) throw new Error("Name a values file, or flags as Helm takes them.");
    const ofFlags: PlainMap = {};
    const wrong = given.flatMap(({ flag, text }) => setFlag(ofFlags, flag, text));
    if (wrong.length > 0) throw new Error(`These flags cannot be read: ${wrong.join("; ")}.`);
    const values = [...files.map(readValues), ofFlags].reduce((all, one) => mergeValues(all, one));
    const other = otherChart(values);
    if (other) return { out: "", error: `${files.join(" ") || "The list of flags"} ${other.sentence}\n`, code: 1 };
    return say(answer(values));
  } catch (error) {
    return { out: "", error: `${(error as Error).message}\nUsage: ${usage}\n`, code: 1 };
  }
}

function answer(values: PlainMap): string {
  const old = [...legacyKeys(values), ...forbiddenKeys(values)];
  if (old.length > 0) {
    const list = old.map(({ path, sentence }) => `  - ${writtenPath(path)}: ${sentence}`).join("\n");
    return `${old.length} keys to be written elsewhere today:\n${list}\n\n${migratedText(migrateValues(values))}`;
  }
  const problems = problemsIn({ settings: { values }, secrets: [] });
  if (problems.length === 0) return "Nothing to translate: write it as it is under alerting:values.\n";
  const list = problems.map(({ key, sentence }) => `  - ${key}: ${sentence}`).join("\n");
  return `Nothing of an older chart that is known here, and under alerting:values it would be refused:\n${list}\n`;
}

function readValues(file: string): PlainMap {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Error(`${file} cannot be read.`);
  }
  let values: unknown;
  try {
    values = plainData(parse(text, { maxAliasCount: 100 })).copy;
  } catch (error) {
    // The first line says where; the rest shows the text, which may hold a secret.
    throw new Error(`${file} is not YAML: ${(error as Error).message.split("\n")[0]!}`, { cause: error });
  }
  if (!isMap(values)) throw new Error(`${file} does not hold a map of values.`);
  return values;
}

if (require.main === module) {
  const { out, error, code } = translate(process.argv.slice(2));
  process.stdout.write(out);
  process.stderr.write(error);
  process.exitCode = code;
}
