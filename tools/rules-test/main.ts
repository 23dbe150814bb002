/** `npm run rules:test -- --stack dev`: runs a stack's own rule tests with promtool. Exits with code 1 if one fails. */
import { runCommand } from "../shared/command-line";
import { command } from "./command";

runCommand(
  command,
  async (values) => {
    // This module is loaded late, so that a wrong command line is reported at once.
    const { runRuleTests } = await import("./run.js");
    return runRuleTests(values);
  },
  4,
);
