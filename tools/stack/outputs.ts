import { z } from "zod";
import { askCli, type CliOptions, readJson, StackUnreadable } from "./cli";

/** That a stack has no outputs, because it was not applied. */
export class NotApplied extends StackUnreadable {}

/**
 * The outputs of a stack: none of the alerting program's is secret, and one of another program that is stays masked.
 * Throws {@link StackUnreadable}, a sentence, where they cannot be read, and {@link NotApplied} where there are none.
 */
export async function readStackOutputs(
  stack: string,
  options: CliOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const text = await askCli(["stack", "output", "--json", "--stack", stack], options);
  const read = z.record(z.string(), z.unknown()).safeParse(readJson(stack, text));
  if (!read.success) throw new StackUnreadable(`the Pulumi CLI printed no outputs of the stack "${stack}".`);
  if (Object.keys(read.data).length === 0) {
    throw new NotApplied(
      `the stack "${stack}" has no outputs: it was not applied yet, or is destroyed. Run \`pulumi up --stack ${stack}\` first.`,
    );
  }
  return read.data;
}
