/**
 * `npm run preflight -- --stack dev`: looks, before `pulumi up`, whether everything around the stack is as it should be, and
 * changes nothing. Ends with 1 where something failed.
 */
import { command } from "./command";
import { runCommand } from "../shared/command-line";

runCommand(command, async (values) => {
  // A wrong command line need not wait for all of this to load.
  const { runPreflight } = await import("./show.js");
  return runPreflight(values);
});
