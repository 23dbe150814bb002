import { type Command, flag, option, stackOption } from "../shared/command-line";

export const command = {
  call: "npm run rules:test --",
  options: {
    stack: stackOption("the stack whose rules are tested; default: the selected stack"),
    promtool: option("<file>", "the program promtool; default: promtool on the PATH"),
    list: flag("only print the names of the test files"),
  },
  notes: `Runs the promtool tests in the subfolder tests of alerting:rules.folder, with all rules of the stack loaded.
Exit code: 0 every test passed, or there is none; 1 a test failed; 2 wrong command line;
4 not known, because the stack's rules could not be read, or promtool is missing.`,
} as const satisfies Command;
