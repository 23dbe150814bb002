/**
 * `npm run preview:markdown -- --stack dev`: the comment of a pull request on standard output, from `pulumi preview
 * --json`, or from what that has printed already (`--from <file>`, `--from -`). Ends as the preview did.
 */
import * as fs from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { comment, hasFailed } from "./comment";
import { readPreview } from "./preview";
import { selectedStack } from "../stack/selected";
import { runPreview } from "./run-preview";

const USAGE =
  "npm run --silent preview:markdown -- [--stack <name>] [--refresh] [--expect-no-changes] [--from <file>|-]";

async function main(): Promise<number> {
  const { stack: named, from, ...options } = readArguments();
  const stack = named ?? (await selectedStack());
  const run =
    from === undefined
      ? await runPreview(stack, options)
      : { stdout: from === "-" ? await text(process.stdin) : await fs.readFile(from, "utf8"), stderr: "" };
  const preview = readPreview(run.stdout);
  const stderr = run.stderr.trim() === "" ? run.stdout : run.stderr;
  process.stdout.write(comment({ stack, preview, stderr }));
  return "exitCode" in run ? run.exitCode : hasFailed(preview) ? 1 : 0;
}

function readArguments(): { stack?: string; from?: string; refresh: boolean; expectNoChanges: boolean } {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", short: "s" },
      from: { type: "string" },
      refresh: { type: "boolean", default: false },
      "expect-no-changes": { type: "boolean", default: false },
    },
  });
  const { stack, from, refresh, "expect-no-changes": expectNoChanges } = values;
  if (stack?.trim() === "" || (stack === undefined && from !== undefined))
    throw new Error(`--stack is not given. ${USAGE}`);
  return { stack, from, refresh, expectNoChanges };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
