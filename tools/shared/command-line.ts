import { parseArgs } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { StackUnreadable } from "../stack/cli";

/** An option of a command, as the help shows it. */
export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: true;
  /** The placeholder for its value in the help, such as `<file>`. */
  readonly value?: string;
  readonly help: string;
}

export interface Command<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  /** How the command is called, such as `npm run drill --`. */
  readonly call: string;
  /** The command's positional arguments, such as `<values.yaml>`. Default: none. */
  readonly positionals?: string;
  readonly options: Options;
  /** Text below the options in the help: what the command does, and its exit codes. */
  readonly notes: string;
}

type ValueOf<One extends Option> = One["type"] extends "boolean"
  ? boolean
  : One extends { multiple: true }
    ? readonly string[]
    : string | undefined;

/** The parsed command line: options that are not given are false (flags) or an empty list (repeatable options). */
export type Values<One extends Command> = { readonly [Name in keyof One["options"]]: ValueOf<One["options"][Name]> };

export interface Arguments<One extends Command> {
  readonly values: Values<One>;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

/** Ends a command with a message and an exit code. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";

  constructor(
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

/** Problems of the command line, one sentence each; the help is printed below them. */
export class WrongCommandLine extends Refusal {
  override readonly name = "WrongCommandLine";

  constructor(...sentences: readonly string[]) {
    super(sentences.join("\n"));
  }
}

/** An option with a value, such as `option("<file>", "write the report to this file")`. */
export const option = (value: string, help: string) => ({ type: "string", value, help }) as const;
/** An option with a value that may be given several times. */
export const repeatable = (value: string, help: string) => ({ type: "string", multiple: true, value, help }) as const;
export const flag = (help: string) => ({ type: "boolean", help }) as const;
/** The option `--stack`, which almost every command has. */
export const stackOption = (help: string) => ({ type: "string", short: "s", value: "<stack>", help }) as const;

/** The help of a command. */
export function usage({ call, positionals, options, notes }: Command): string {
  const rows = Object.entries(options).map(
    ([name, { value, help }]) => [`--${name}${value === undefined ? "" : ` ${value}`}`, help] as const,
  );
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const lines = rows.map(
    ([left, help]) => `  ${left.padEnd(width)}  ${help.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}`,
  );
  const first = [call, positionals, "[options]"].filter((part) => part !== undefined).join(" ");
  return [first, "", ...(lines.length > 0 ? [...lines, ""] : []), notes].join("\n");
}

/** Parses a command line. Throws {@link WrongCommandLine}. */
export function readArguments<One extends Command>(command: One, args: readonly string[]): Arguments<One> {
  const options = { ...command.options, help: { type: "boolean", short: "h" } } as const;
  let read;
  try {
    read = parseArgs({ args: [...args], options, allowPositionals: command.positionals !== undefined });
  } catch (error) {
    throw new WrongCommandLine(
      `${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}.${meant(error, Object.keys(options))}`,
    );
  }
  const given: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>> = read.values;
  const empty = Object.keys(given).filter((name) =>
    [given[name]].flat().some((one) => typeof one === "string" && one.trim() === ""),
  );
  if (empty.length > 0) throw new WrongCommandLine(...empty.map((name) => `--${name} is empty.`));
  const values = Object.entries(command.options).map(([name, { type, multiple }]) => [
    name,
    given[name] ?? (type === "boolean" ? false : multiple ? [] : undefined),
  ]);
  return {
    values: Object.fromEntries(values) as Values<One>,
    positionals: read.positionals,
    help: given.help === true,
  };
}

/** Suggests the option that was probably meant. */
function meant(error: unknown, known: readonly string[]): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [, name] = /'--([^']+)'/.exec(message) ?? [];
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION" || name === undefined) return "";
  const near = closest(name, known);
  return distance(name, near) <= 2 ? ` Did you mean --${near}?` : "";
}

/**
 * Runs a command of this process and sets its exit code: the one that `main` returns, that of a {@link Refusal}, or
 * `failureCode` for every other error. Errors are printed to standard error as sentences.
 */
export function runCommand<One extends Command>(
  command: One,
  main: (values: Values<One>, positionals: readonly string[]) => Promise<number>,
  failureCode = 2,
): void {
  // If the process ends before the command finishes, the command has failed.
  process.exitCode = failureCode;
  // The reader may close the pipe early: `npm run inventory | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  void outcome(command, main, failureCode).then((code) => {
    process.exitCode = code;
    // Open connections (kept alive, or without an answer) would keep the process running.
    setTimeout(() => process.exit(), 500).unref();
  });
}

async function outcome<One extends Command>(
  command: One,
  main: (values: Values<One>, positionals: readonly string[]) => Promise<number>,
  failureCode: number,
): Promise<number> {
  try {
    const { values, positionals, help } = readArguments(command, process.argv.slice(2));
    if (!help) return await main(values, positionals);
    await print(usage(command));
    return 0;
  } catch (error) {
    const said =
      error instanceof StackUnreadable ? error.sentence : error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof WrongCommandLine ? `${said}\n\n${usage(command)}\n` : `${said}\n`);
    return error instanceof Refusal ? error.exitCode : failureCode;
  }
}

/** Writes a string and a line break to standard output, and waits until it is written. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}
