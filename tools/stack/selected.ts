import { z } from "zod";
import { askCli, type CliOptions, StackUnreadable } from "./cli";

const listed = z.array(z.object({ name: z.string(), current: z.boolean().optional() }));

/** The stack that `pulumi stack select` has chosen in this directory. Throws {@link StackUnreadable} where there is none. */
export async function selectedStack(options: CliOptions = {}): Promise<string> {
  const text = await askCli(["stack", "ls", "--json"], options);
  const current = currentIn(text);
  if (current !== undefined) return current;
  throw new StackUnreadable("no stack is selected. Name it by --stack <stack>, or run `pulumi stack select <stack>`.");
}

function currentIn(text: string): string | undefined {
  try {
    return listed.safeParse(JSON.parse(text)).data?.find((one) => one.current === true)?.name;
  } catch {
    return undefined;
  }
}
