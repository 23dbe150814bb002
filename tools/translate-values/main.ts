import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { faultsIn, translationText } from "../../values/still-wrong";
import { writtenPath } from "../../validation/finding";
import { otherChart } from "../../chart/legacy/other-chart";
import { parseSetFlags } from "../../chart/legacy/set-flags";
import { refusedKeys } from "../../chart/overrides/keys";
import { type Command, print, Refusal, runCommand, WrongCommandLine } from "../shared/command-line";
import { yesterdaysKeys } from "../../chart/legacy/yesterday";
import { mergeValues } from "../../validation/merge";
import { isMap, plainData, type PlainMap } from "../../validation/plain-data";

const command = {
  call: "npm run values:translate --",
  positionals: "<values.yaml> [--set a.b=c …]",
  isRaw: true,
  options: {},
  notes: "Exit code: 0, 1 where the values cannot be translated, 2 wrong command line.",
} as const satisfies Command;

/** What `npm run values:translate` prints. Throws a {@link Refusal}. */
export function translate(args: readonly string[]): string {
  const first = args.findIndex((arg) => arg.startsWith("-"));
  const flags = first < 0 ? [] : args.slice(first);
  const { values, faults, files } = parseSetFlags(flags);
  const named = [...args.slice(0, first < 0 ? undefined : first), ...files];
  if (named.length === 0 && flags.length === 0)
    throw new WrongCommandLine("Name a values file, or flags as Helm takes them.");
  if (faults.length > 0) throw new WrongCommandLine(`Of the flags, ${faults.join("; ")}.`);
  const tree = [...named.map(readValues), values].reduce<PlainMap>((all, more) => mergeValues(all, more), {});
  const other = otherChart(tree);
  if (other) throw new Refusal(`${named.join(" ") || "The list of flags"} ${other.sentence}`, 1);
  const { findings, today } = yesterdaysKeys(tree);
  if (today === undefined) return asItIs(tree);
  const all = [...findings, ...refusedKeys(tree)];
  const list = all.map(({ path, sentence }) => `  - ${writtenPath(path)}: ${sentence}`).join("\n");
  return `${all.length} keys to be written elsewhere today:\n${list}\n\n${translationText(today)}`.trimEnd();
}

/** What becomes of values in which nothing is old. */
function asItIs(values: PlainMap): string {
  const faults = faultsIn({ settings: { values }, secrets: [] });
  if (faults.length === 0) return "Nothing to translate: write it as it is under alerting:values.";
  const list = faults.map(({ key, sentence }) => `  - ${key}: ${sentence}`).join("\n");
  return `Nothing of an older chart that is known here, and under alerting:values it would be refused:\n${list}`;
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
  } catch (fault) {
    // The first line says where; the rest shows the text, which may hold a secret.
    throw new Refusal(`${file} is not valid YAML: ${(fault as Error).message.split("\n")[0]!}`, 1);
  }
  if (!isMap(values)) throw new Refusal(`${file} holds no map of values.`, 1);
  return values;
}

if (require.main === module) {
  runCommand(command, async (_, args) => {
    await print(translate(args));
    return 0;
  });
}
