/**
 * `npm run preview:markdown -- --stack dev`: prints the comment for a pull request, from `pulumi preview --json` or
 * from its saved output (`--from <file>`, `--from -`). Exits with the preview's exit code.
 */
import * as fs from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Command, flag, print, runCommand, stackOption, option, WrongCommandLine } from "../shared/command-line";
import { selectedStack } from "../stack/identity";
import { comment, hasFailed } from "./comment";
import { readPreview } from "./preview";
import { runPreview } from "./run-preview";

const command = {
  call: "npm run --silent preview:markdown --",
  options: {
    stack: stackOption("the stack to preview; default: the selected stack"),
    refresh: flag("refresh the state first, as `pulumi preview --refresh` does"),
    "expect-no-changes": flag("fail if anything would change"),
    from: option(
      "<file>",
      "read the output of `pulumi preview --json` from this file, or from standard input with `-`",
    ),
  },
  notes: "Exit code: that of the preview, 2 wrong command line.",
} as const satisfies Command;

runCommand(command, async ({ stack: named, from, refresh, "expect-no-changes": expectNoChanges }) => {
  if (named === undefined && from !== undefined) throw new WrongCommandLine("--stack is not given.");
  const stack = named ?? (await selectedStack());
  const run =
    from === undefined
      ? await runPreview(stack, { refresh, expectNoChanges })
      : { stdout: from === "-" ? await text(process.stdin) : await fs.readFile(from, "utf8"), stderr: "" };
  const preview = readPreview(run.stdout);
  const stderr = run.stderr.trim() === "" ? run.stdout : run.stderr;
  await print(comment({ stack, preview, stderr }).trimEnd());
  return "exitCode" in run ? run.exitCode : hasFailed(preview) ? 1 : 0;
});
