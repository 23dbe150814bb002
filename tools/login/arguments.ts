import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface CredentialsArguments {
  /** The selected one unless given. */
  readonly stack?: string;
  /** JSON for tools in place of lines. */
  readonly json: boolean;
  /** What amtool and promtool take as a file, in place of lines. */
  readonly httpConfig: boolean;
}

export const usage = `npm run credentials -- [--stack <stack>] [--json | --http-config]

  --stack <stack>  the stack whose outputs and state are read; the selected one unless given
  --json           the same as JSON, for tools
  --http-config    the login as the file that \`--http.config.file\` of amtool and promtool names

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
        "http-config": { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    return { fault: `${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}.` };
  }
  const { stack, json, "http-config": httpConfig, help } = values;
  if (help) return { help: true };
  if (stack?.trim() === "") return { fault: "--stack is empty." };
  if (json && httpConfig) return { fault: "--json and --http-config are two forms of the same: give one of them." };
  return { stack, json, httpConfig };
}
