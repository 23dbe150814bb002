import { type Command, flag, option, stackOption } from "../shared/command-line";

export const command = {
  call: "npm run rules:check --",
  options: {
    stack: stackOption(
      "the stack whose rules, outputs and settings are read, and its password if Prometheus' page asks for one;\ndefault: the selected stack",
    ),
    prometheus: option(
      "<url>",
      "the address of Prometheus; default: its load balancer, otherwise a port-forward through the API server;\nof two, each is reached by a port-forward",
    ),
    json: flag("print the findings as JSON, for tools"),
  },
  notes: `Asks Prometheus for the series of every selector of every rule, and changes nothing.
Exit code: 0 nothing to fix (warnings do not count), 1 a rule cannot fire, 2 wrong command line,
4 not known, because the stack's rules or Prometheus could not be read.`,
} as const satisfies Command;
