import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface PreflightArguments {
  /** The selected one unless given. */
  readonly stack?: string;
  /** JSON for tools in place of the table. */
  readonly json: boolean;
}

export const usage = `npm run preflight -- [--stack <stack>] [--json]

  --stack <stack>  the stack whose settings are read, its secrets included, which are shown nowhere; the selected one unless given
  --json           the rows as JSON, for tools

Nothing is changed, and nothing is posted.
Exit code: 0 nothing to mend (warnings do not count), 1 something failed, 2 wrong command line.`;

/** Reads the command line; gives what is wrong with it as a sentence. */
export function readArguments(args: readonly string[]): PreflightArguments | { help: true } | { fault: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    return { fault: `${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}.` };
  }
  const { stack, json, help } = values;
  if (help) return { help: true };
  if (stack?.trim() === "") return { fault: "--stack is empty." };
  return { stack, json };
}
