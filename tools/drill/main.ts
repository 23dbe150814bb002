/** `npm run drill -- --stack dev`: proves on a living stack that a message arrives, and how fast. */
import { readArguments, usage } from "./arguments";
import { destinationFaults } from "./destinations";
import { StackUnreadable } from "../stack/cli";
import { selectedStack } from "../stack/selected";
import { exitCodes } from "./report";

async function main(): Promise<number> {
  // Should this ever end without a word, that is no proof.
  process.exitCode = exitCodes.failed;
  const { read, help, faults } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (read === undefined) {
    process.stderr.write(`${faults.join("\n")}\n\n${usage}\n`);
    return 2;
  }
  const nowhere = await destinationFaults(read);
  if (nowhere.length > 0) {
    process.stderr.write(`${nowhere.join("\n")}\n`);
    return 2;
  }
  let { stack } = read;
  try {
    if (stack === undefined && read.alertmanager === undefined) stack = await selectedStack();
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    process.stderr.write(`${error.sentence}\n`);
    return 2;
  }
  // A wrong command line need not wait for all of this to load.
  const { runDrill } = await import("./run.js");
  return runDrill({ ...read, stack });
}

main().then(
  (code) => {
    process.exitCode = code;
    // Sockets that a server keeps open would hold the process.
    setTimeout(() => process.exit(code), 500).unref();
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
