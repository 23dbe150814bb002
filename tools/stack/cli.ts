import type { z } from "zod";
import { outsideText } from "../../conventions/outside-text";

/** How the CLI is run: where its Pulumi.yaml is looked for, with what besides this process' environment, and how long. */
export interface CliOptions {
  /** Default: this process' directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long one command may take. Default: 60 s. */
  readonly patienceMs?: number;
}

/** Why a stack could not be read, as sentences; never with a value of it. */
export class StackUnreadable extends Error {
  override readonly name = "StackUnreadable";

  /** The message as a whole sentence; `message` continues a line. */
  get sentence(): string {
    return `${this.message.charAt(0).toUpperCase()}${this.message.slice(1)}`;
  }
}

/**
 * Runs `pulumi <args>` and gives what it printed. The CLI, found on the PATH, and not the Automation API: that one selects
 * the stack, which would change what the user's next `pulumi up` is about.
 */
async function askCli(args: readonly string[], options: CliOptions): Promise<string> {
  const { cwd, env, patienceMs = 60_000 } = options;
  // An ES module that tsx cannot load otherwise.
  const { execa } = await import("execa");
  const run = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    reject: false,
    stdin: "ignore",
    timeout: patienceMs,
    forceKillAfterDelay: 2_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!run.failed) return run.stdout;
  if (run.code === "ENOENT")
    throw new StackUnreadable("the Pulumi CLI is not on the PATH. Install it, or run this on a machine that has it.");
  if (run.timedOut) {
    const command = args.filter((one) => !one.startsWith("-")).join(" ");
    throw new StackUnreadable(`\`pulumi ${command}\` gave no answer within ${patienceMs / 1000} s.`);
  }
  throw new StackUnreadable(sentenceOf(run.stderr));
}

/** What to do, by what the CLI said. */
const remedies: readonly [words: RegExp, remedy: string][] = [
  [
    /no stack named|stack .* not found/i,
    "`pulumi stack ls` lists those that there are; `pulumi stack init` makes one.",
  ],
  [
    /passphrase must be set/i,
    "Write it into a file that nobody else can read, and run `export PULUMI_CONFIG_PASSPHRASE_FILE=<file>`.",
  ],
  [/incorrect passphrase/i, "Set the stack's own in PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE."],
  [/no Pulumi\.yaml project file/i, "Run this in the directory that has the Pulumi.yaml."],
  [
    /PULUMI_ACCESS_TOKEN|pulumi login/i,
    "Run `pulumi login` with the backend that has the stack, such as `pulumi login s3://<bucket>`.",
  ],
  [/unable to open bucket/i, "`pulumi whoami --verbose` says which backend it is."],
];

function sentenceOf(stderr: string): string {
  const said = stderr
    .split("\n")
    .map((line) => line.replace(/^error:\s*/, "").trim())
    .filter((line) => line !== "" && !/^warning:/i.test(line))
    .slice(0, 3)
    .join(" ")
    // The place in the CLI, which helps nobody.
    .replace(/(could not deserialize deployment|constructing secrets manager[^:]*): /g, "");
  const remedy = remedies.find(([words]) => words.test(said))?.[1];
  const why = (outsideText(said) || "the Pulumi CLI gave no reason").replace(/\.$/, "");
  return `the stack cannot be read: ${why}.${remedy ? ` ${remedy}` : ""}`;
}

/** Runs `pulumi <args>`, and reads the JSON that it prints: `what` of a stack. */
export async function askCliJson<T extends z.ZodType>(
  what: string,
  args: readonly string[],
  schema: T,
  options: CliOptions = {},
): Promise<z.output<T>> {
  const text = await askCli(args, options);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The text may hold secrets.
    throw new StackUnreadable(`the Pulumi CLI printed no JSON for ${what}.`);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw new StackUnreadable(`the Pulumi CLI printed something other than ${what}.`);
  return read.data;
}
