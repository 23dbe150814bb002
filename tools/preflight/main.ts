/**
 * `npm run preflight -- --stack dev`: checks before `pulumi up` whether everything that the stack depends on is ready,
 * and changes nothing. Exits with code 1 if a check failed.
 */
import { command } from "./command";
import { runCommand } from "../shared/command-line";

runCommand(command, async (values) => {
  // This module is loaded late, so that a wrong command line is reported at once.
  const { runPreflight } = await import("./show.js");
  return runPreflight(values);
});
