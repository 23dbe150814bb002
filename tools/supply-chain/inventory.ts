/**
 * `npm run inventory`: what the program deploys and what runs with it, with versions, digests and licences. Asks nobody:
 * it is read from this folder alone.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { parse } from "yaml";
import { type Choice, inventoryOf, type Item } from "./inventory-of";
import { lockedPackages } from "./lock-file";
import { projectRoot } from "../../conventions/project-root";

const usage = `npm run inventory -- [--stack <stack>] [--json]

  --stack <stack>  the digests, the mirror and the chart's source that Pulumi.<stack>.yaml sets are told too
  --json           as JSON, for tools

Exit code: 0, or 2 for a wrong command line.`;

class UsageError extends Error {}

/** What a stack's file says of where things come from. */
function choiceOf(stack: string): Choice {
  const file = `Pulumi.${stack}.yaml`;
  if (!/^[-\w.]+$/.test(stack) || !existsSync(resolve(projectRoot, file)))
    throw new UsageError(`--stack: there is no ${file} beside Pulumi.yaml.`);
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
  const table = new Table({
    head: ["what", "name", "version", "digest", "licence"],
    // Plain, so that it can go into a file: no colours, no lines between rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  const short = (digest = "") => (digest.length > 26 ? `${digest.slice(0, 25)}…` : digest);
  for (const { kind, name, version, digest, licence } of items)
    table.push([kind, name, version, short(digest), licence]);
  return table.toString();
}

function main(): void {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", short: "s" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const items = inventoryOf(lockedPackages(), values.stack === undefined ? {} : choiceOf(values.stack));
  process.stdout.write(`${values.json ? JSON.stringify(items, null, 2) : drawn(items)}\n`);
}

// Whoever reads along may have seen enough: `npm run inventory | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  main();
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`${message.replace(/\.$/, "")}.\n\n${usage}\n`);
  process.exitCode = 2;
}
