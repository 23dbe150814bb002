/**
 * `npm run inventory`: what the program deploys and what runs with it, with versions, digests and licenses. Needs no
 * network: it only reads this folder.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { type Command, flag, print, runCommand, stackOption, WrongCommandLine } from "../shared/command-line";
import { drawTable } from "../shared/table";
import { type Choice, inventoryOf, type Item } from "./inventory-of";
import { lockedPackages } from "./lock-file";
import { projectRoot } from "../../conventions/project-root";

const command = {
  call: "npm run inventory --",
  options: {
    stack: stackOption("also show the digests, the mirror and the chart's source that Pulumi.<stack>.yaml sets"),
    json: flag("print JSON, for tools"),
  },
  notes: "Exit code: 0, or 2 for a wrong command line.",
} as const satisfies Command;

/** The settings in a stack's file about where components come from. */
function choiceOf(stack: string): Choice {
  const file = `Pulumi.${stack}.yaml`;
  if (!/^[-\w.]+$/.test(stack) || !existsSync(resolve(projectRoot, file)))
    throw new WrongCommandLine(`--stack: there is no ${file} next to Pulumi.yaml.`);
  const { config = {} } = (parse(readFileSync(resolve(projectRoot, file), "utf8")) ?? {}) as {
    config?: Readonly<Record<string, unknown>>;
  };
  const of = (key: string) => config[`alerting:${key}`];
  return {
    chart: of("chart") as Choice["chart"],
    images: of("images") as Choice["images"],
    efsCsiDriver: of("efsCsiDriver") as Choice["efsCsiDriver"],
  };
}

function drawn(items: readonly Item[]): string {
  const short = (digest = "") => (digest.length > 26 ? `${digest.slice(0, 25)}…` : digest);
  return drawTable(
    items.map(({ kind, name, version, digest, license }) => [kind, name, version, short(digest), license]),
    { head: ["what", "name", "version", "digest", "license"] },
  );
}

runCommand(command, async ({ stack, json }) => {
  const items = inventoryOf(lockedPackages(), stack === undefined ? {} : choiceOf(stack));
  await print(json ? JSON.stringify(items, null, 2) : drawn(items));
  return 0;
});
