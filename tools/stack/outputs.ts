import { z } from "zod";
import { askCliJson, type CliOptions, StackUnreadable } from "./cli";

/** Thrown if a stack has no outputs because it was not applied. */
export class NotApplied extends StackUnreadable {}

/**
 * The outputs of a stack. The alerting program has no secret outputs, and those of another program stay masked. Throws
 * {@link StackUnreadable} if they cannot be read, and {@link NotApplied} if there are none.
 */
export async function readStackOutputs(
  stack: string,
  options: CliOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const args = ["stack", "output", "--json", "--stack", stack];
  const outputs = await askCliJson(
    `the outputs of the stack "${stack}"`,
    args,
    z.record(z.string(), z.unknown()),
    options,
  );
  if (Object.keys(outputs).length === 0) {
    throw new NotApplied(
      `the stack "${stack}" has no outputs: it was not applied yet, or is destroyed. Run \`pulumi up --stack ${stack}\` first.`,
    );
  }
  return outputs;
}
