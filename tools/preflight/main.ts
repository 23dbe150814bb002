/**
 * `npm run preflight -- --stack dev`: looks, before `pulumi up`, whether everything around the stack is as it has to be, and
 * changes nothing. Ends with 1 where something failed.
 */
import { readArguments, usage } from "./arguments";
import { StackUnreadable } from "../stack/cli";
import { print } from "./print";

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if ("help" in read) {
    await print(`${usage}\n`);
    return 0;
  }
  if ("fault" in read) {
    process.stderr.write(`${read.fault}\n\n${usage}\n`);
    return 2;
  }
  // A wrong command line need not wait for all of this to load.
  const { tell } = await import("./show.js");
  return tell(read);
}

main().then(
  // A request that is never answered would keep this process up.
  (code) => process.exit(code),
  (error: unknown) => {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const said = error instanceof StackUnreadable ? error.sentence : message;
    process.stderr.write(`${said}\n`, () => process.exit(2));
  },
);
