import { type Command, flag, stackOption } from "../shared/command-line";

export const command = {
  call: "npm run preflight --",
  options: {
    stack: stackOption(
      "the stack whose settings are read, including its secrets, which are never shown; default: the selected stack",
    ),
    json: flag("print the rows as JSON, for tools"),
  },
  notes: `Nothing is changed, and nothing is posted.
Exit code: 0 nothing to fix (warnings do not count), 1 something failed, 2 wrong command line.`,
} as const satisfies Command;
