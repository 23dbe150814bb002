/** `npm run --silent dashboards -- nodes`: prints a dashboard as JSON, for a Grafana outside of the cluster. */
import { dashboardNames } from "../../alerts/dashboard-of";
import { type Command, print, runCommand, stackOption, WrongCommandLine } from "../shared/command-line";
import { selectedStack } from "../stack/identity";
import { dashboardJson } from "./read";

const command = {
  call: "npm run --silent dashboards --",
  positionals: "<dashboard>",
  options: { stack: stackOption("the stack whose settings are read; default: the selected stack") },
  notes: `Prints one dashboard as JSON, with the thresholds of the stack, to import it in Grafana. The dashboards are
${dashboardNames.join(", ")}. Reads no secret.
Exit code: 0 printed, 1 the settings cannot be read, 2 wrong command line.`,
} as const satisfies Command;

runCommand(
  command,
  async ({ stack }, positionals) => {
    const [name] = dashboardNames.filter((one) => positionals.length === 1 && one === positionals[0]);
    if (name === undefined) throw new WrongCommandLine(`Name one dashboard: ${dashboardNames.join(", ")}.`);
    await print(await dashboardJson(stack ?? (await selectedStack()), name));
    return 0;
  },
  1,
);
