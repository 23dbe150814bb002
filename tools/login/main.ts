/** `npm run credentials -- --stack dev`: prints the password of the pages; it is the only command that does. */
import { type Command, flag, print, runCommand, stackOption, WrongCommandLine } from "../shared/command-line";
import { terminalColumns } from "../shared/table";
import { selectedStack } from "../stack/identity";
import { readCredentials } from "./read";
import { forPerson, httpConfigText, jsonText, rotationNote } from "./text";

const command = {
  call: "npm run credentials --",
  options: {
    stack: stackOption("the stack whose outputs and state are read; default: the selected stack"),
    json: flag("print the same as JSON, for tools"),
    "http-config": flag("print the login as the file that `--http.config.file` of amtool and promtool names"),
  },
  notes: `Prints the addresses of Prometheus and Alertmanager, and the user and password for them: on standard output, and
nowhere else.
Exit code: 0 printed, 1 there is no password or it cannot be read, 2 wrong command line.`,
} as const satisfies Command;

runCommand(
  command,
  async ({ stack: named, json, "http-config": httpConfig }) => {
    if (json && httpConfig)
      throw new WrongCommandLine("--json and --http-config are two formats: give only one of them.");
    const stack = named ?? (await selectedStack());
    const credentials = await readCredentials(stack);
    if (httpConfig) {
      // This module is loaded separately, because nothing else here needs the settings' schema, which takes longest to
      // load.
      const { readStackConfiguration } = await import("../stack/configuration.js");
      await print(httpConfigText(credentials, (await readStackConfiguration(stack)).certificate?.ca));
    } else {
      await print(json ? jsonText(credentials) : forPerson(credentials, terminalColumns()));
    }
    const note = rotationNote(credentials);
    if (note !== undefined) process.stderr.write(`${note}\n`);
    return 0;
  },
  1,
);
