/** `npm run credentials -- --stack dev`: the one command that prints the password of the pages, and nothing else does. */
import { StackUnreadable } from "../stack/cli";
import { selectedStack } from "../stack/selected";
import { type CredentialsArguments, readArguments, usage } from "./arguments";
import { type Credentials, readCredentials } from "./read";
import { forPerson, httpConfigText, jsonText, rotationNote } from "./text";

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if ("help" in read) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if ("fault" in read) {
    process.stderr.write(`${read.fault}\n\n${usage}\n`);
    return 2;
  }
  try {
    const stack = read.stack ?? (await selectedStack());
    const credentials = await readCredentials(stack);
    process.stdout.write(`${await textOf(credentials, { ...read, stack })}\n`);
    const note = rotationNote(credentials);
    if (note !== undefined) process.stderr.write(`${note}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    process.stderr.write(`No password: ${error.message}\n`);
    return 1;
  }
}

async function textOf(
  credentials: Credentials,
  { stack, json, httpConfig }: Required<CredentialsArguments>,
): Promise<string> {
  if (httpConfig) {
    // Nothing else here needs the settings' schema, which takes longest to load.
    const { readStackConfiguration } = await import("../stack/configuration.js");
    return httpConfigText(credentials, (await readStackConfiguration(stack)).certificate?.ca);
  }
  if (json) return jsonText(credentials);
  return forPerson(credentials, process.stdout.isTTY ? process.stdout.columns : undefined);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
