/**
 * `npm run rules:check -- --stack dev`: asks the running Prometheus whether each rule has the series that it needs, and
 * changes nothing. Exits with code 1 if a rule cannot fire.
 */
import { runCommand } from "../shared/command-line";
import { command } from "./command";

runCommand(
  command,
  async (values) => {
    // This module is loaded late, so that a wrong command line is reported at once.
    const { runRulesCheck } = await import("./show.js");
    return runRulesCheck(values);
  },
  4,
);
