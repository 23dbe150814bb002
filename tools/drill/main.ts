/** `npm run drill -- --stack dev`: proves on a deployed stack that a message arrives, and measures how fast. */
import { command, drillArguments } from "./arguments";
import { destinationFaults } from "./destinations";
import { Refusal, runCommand } from "../shared/command-line";
import { StackUnreadable } from "../stack/cli";
import { selectedStack } from "../stack/identity";
import { exitCodes } from "./report";

runCommand(
  command,
  async (values) => {
    const read = drillArguments(values);
    const nowhere = await destinationFaults(read);
    if (nowhere.length > 0) throw new Refusal(nowhere.join("\n"));
    const stack = read.stack ?? (read.alertmanager === undefined ? await selected() : undefined);
    // This module is loaded late, so that a wrong command line is reported at once.
    const { runDrill } = await import("./run.js");
    return runDrill({ ...read, stack });
  },
  exitCodes.failed,
);

async function selected(): Promise<string> {
  try {
    return await selectedStack();
  } catch (error) {
    throw error instanceof StackUnreadable ? new Refusal(error.sentence) : error;
  }
}
