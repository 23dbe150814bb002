import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { legacyKeys } from "../../chart/legacy/refused-keys";
import { migrateValues } from "../../chart/legacy/migrate-values";
import { otherChart } from "../../chart/legacy/other-chart";
import { forbiddenKeys } from "../../chart/overrides/keys";
import { writtenPath } from "../../validation/finding";
import { mergeValues } from "../../validation/merge";
import { isMap, plainData, type PlainMap } from "../../validation/plain-data";
import {
  type Command,
  print,
  readArguments,
  Refusal,
  repeatable,
  runCommand,
  type Values,
  WrongCommandLine,
} from "../shared/command-line";
import { migratedText, problemsIn } from "./problems";
import { setFlag } from "./set-flags";

const command = {
  call: "npm run values:translate --",
  positionals: "[<values.yaml> ...]",
  options: {
    set: repeatable("a.b=c", "a value in Helm's syntax"),
    "set-string": repeatable("a.b=c", "the same, always a string"),
    "set-json": repeatable("a.b=<json>", "the same, in JSON"),
    values: { ...repeatable("<file>", "a values file"), short: "f" },
  },
  notes: "Exit code: 0, 1 if the values cannot be translated, 2 wrong command line.",
} as const satisfies Command;

/** The order in which Helm applies the flags. */
const setFlags = ["set-json", "set", "set-string"] as const;

/** The output of `npm run values:translate` for a command line. Throws a {@link Refusal}. */
export function translate(args: readonly string[]): string {
  const { values, positionals } = readArguments(command, args);
  return translation(values, positionals);
}

function translation(flags: Values<typeof command>, positionals: readonly string[]): string {
  const files = [...positionals, ...flags.values];
  const given = setFlags.flatMap((flag) => flags[flag].map((text) => ({ flag, text })));
  if (files.length === 0 && given.length === 0)
    throw new WrongCommandLine("Name a values file, or flags in Helm's syntax.");
  const ofFlags: PlainMap = {};
  const wrong = given.flatMap(({ flag, text }) => setFlag(ofFlags, flag, text));
  if (wrong.length > 0) throw new WrongCommandLine(`These flags cannot be read: ${wrong.join("; ")}.`);
  const values = [...files.map(readValues), ofFlags].reduce((all, one) => mergeValues(all, one));
  const other = otherChart(values);
  if (other) throw new Refusal(`${files.join(" ") || "The list of flags"} ${other.sentence}`, 1);
  const old = [...legacyKeys(values), ...forbiddenKeys(values)];
  if (old.length > 0) {
    const list = old.map(({ path, sentence }) => `  - ${writtenPath(path)}: ${sentence}`).join("\n");
    return `${old.length} keys that must now be written elsewhere:\n${list}\n\n${migratedText(migrateValues(values))}`.trimEnd();
  }
  const problems = problemsIn({ settings: { values }, secrets: [] });
  if (problems.length === 0) return "Nothing to translate: write it unchanged under alerting:values.";
  const list = problems.map(({ key, sentence }) => `  - ${key}: ${sentence}`).join("\n");
  return `These are not keys of an older chart, and alerting:values would refuse them:\n${list}`;
}

/** The values in a file. Throws a {@link Refusal}. */
function readValues(file: string): PlainMap {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Refusal(`${file} cannot be read.`, 1);
  }
  let values: unknown;
  try {
    values = plainData(parse(text, { maxAliasCount: 100 })).copy;
  } catch (error) {
    // The first line of the message has the position; the rest quotes the file, which may contain a secret.
    throw new Refusal(`${file} is not valid YAML: ${(error as Error).message.split("\n")[0]!}`, 1);
  }
  if (!isMap(values)) throw new Refusal(`${file} does not hold a map of values.`, 1);
  return values;
}

if (require.main === module) {
  runCommand(command, async (values, positionals) => {
    await print(translation(values, positionals));
    return 0;
  });
}
