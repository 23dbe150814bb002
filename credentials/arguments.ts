import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface CredentialsArguments {
  readonly stack: string;
  /** JSON for tools in place of lines. */
  readonly json: boolean;
}

export const usage = `npm run credentials -- --stack <stack> [--json]

  --stack <stack>  the stack whose outputs and state are read
  --json           the same as JSON, for tools

Prints where Prometheus and Alertmanager are, and the user and the password that they ask for: on standard output, and
nowhere else.
Exit code: 0 printed, 1 there is no password or it cannot be read, 2 wrong command line.`;

/** Reads the command line; gives what is wrong with it as a sentence. */
export function readArguments(args: readonly string[]): CredentialsArguments | { help: true } | { fault: string } {
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
  const { stack = "", json, help } = values;
  if (help) return { help: true };
  if (stack.trim() === "") return { fault: "--stack is missing: name the stack." };
  return { stack, json };
}
