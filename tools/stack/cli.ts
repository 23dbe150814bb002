import type { z } from "zod";
import { outsideText } from "../../conventions/outside-text";

/** How the CLI is run: its working directory, its additional environment variables, and its time limit. */
export interface CliOptions {
  /** The working directory. Default: this process' directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long one command may take. Default: 60 s. */
  readonly patienceMs?: number;
}

/** Why a stack could not be read, as sentences that never contain its values. */
export class StackUnreadable extends Error {
  override readonly name = "StackUnreadable";

  /** The message as a complete sentence; `message` continues a sentence. */
  get sentence(): string {
    return `${this.message.charAt(0).toUpperCase()}${this.message.slice(1)}`;
  }
}

/**
 * Runs `pulumi <args>` and returns its output. It uses the CLI on the PATH instead of the Automation API, because that
 * would select the stack, and so change which stack the user's next `pulumi up` updates.
 */
async function askCli(args: readonly string[], options: CliOptions): Promise<string> {
  const { cwd, env, patienceMs = 60_000 } = options;
  // execa is an ES module, which tsx can load only in this way.
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

/** What to do, depending on the CLI's message. */
const remedies: readonly [words: RegExp, remedy: string][] = [
  [
    /no stack named|stack .* not found/i,
    "`pulumi stack ls` lists the existing stacks; `pulumi stack init` creates one.",
  ],
  [
    /passphrase must be set/i,
    "Write it into a file that nobody else can read, and run `export PULUMI_CONFIG_PASSPHRASE_FILE=<file>`.",
  ],
  [/incorrect passphrase/i, "Set the stack's passphrase in PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE."],
  [/no Pulumi\.yaml project file/i, "Run this in the directory that has the Pulumi.yaml."],
  [
    /PULUMI_ACCESS_TOKEN|pulumi login/i,
    "Run `pulumi login` with the backend that has the stack, such as `pulumi login s3://<bucket>`.",
  ],
  [/unable to open bucket/i, "`pulumi whoami --verbose` shows the backend."],
];

function sentenceOf(stderr: string): string {
  const said = stderr
    .split("\n")
    .map((line) => line.replace(/^error:\s*/, "").trim())
    .filter((line) => line !== "" && !/^warning:/i.test(line))
    .slice(0, 3)
    .join(" ")
    // Removes the position in the CLI's source code.
    .replace(/(could not deserialize deployment|constructing secrets manager[^:]*): /g, "");
  const remedy = remedies.find(([words]) => words.test(said))?.[1];
  const why = (outsideText(said) || "the Pulumi CLI gave no reason").replace(/\.$/, "");
  return `the stack cannot be read: ${why}.${remedy ? ` ${remedy}` : ""}`;
}

/** Runs `pulumi <args>` and parses the JSON that it prints; `what` names that JSON in errors. */
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
    // The output is not shown, because it may contain secrets.
    throw new StackUnreadable(`the Pulumi CLI printed no JSON for ${what}.`);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw new StackUnreadable(`the Pulumi CLI printed something other than ${what}.`);
  return read.data;
}
