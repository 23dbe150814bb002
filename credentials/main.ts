/** `npm run credentials -- --stack dev`: the one command that prints the password of the pages, and nothing else does. */
import { StackUnreadable } from "../stack/cli";
import { readArguments, usage } from "./arguments";
import { readCredentials } from "./read";
import { drawTable, jsonText, plainLines, rotationNote } from "./text";

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
    const credentials = await readCredentials(read.stack);
    const text = read.json ? jsonText : process.stdout.isTTY ? drawTable : plainLines;
    process.stdout.write(`${text(credentials)}\n`);
    const note = rotationNote(credentials);
    if (note !== undefined) process.stderr.write(`${note}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    process.stderr.write(`No password: ${error.message}\n`);
    return 1;
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
