/**
 * `npm run preflight -- --stack dev`: looks, before `pulumi up`, whether everything around the stack is as it has to be, and
 * changes nothing. Ends with 1 where something failed.
 */
import { colors } from "../tools/shared/colors";
import { stackKeys } from "../drill/web/keys";
import { StackUnreadable } from "../stack/cli";
import { readStackConfiguration, type StackConfiguration } from "../stack/configuration";
import { readStackOutputs } from "../stack/outputs";
import { type PreflightArguments, readArguments, usage } from "./arguments";
import { failed, type Row } from "./check";
import { allChecks } from "./checks/all";
import { concealed } from "./conceal";
import { Waiting } from "./progress";
import { runChecks } from "./run";
import { drawTable, plainLines, summaryOf } from "./table";

async function look(stack: string, waiting: Waiting): Promise<Row[]> {
  waiting.on(["the stack's configuration"]);
  let read: StackConfiguration;
  try {
    read = await readStackConfiguration(stack);
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    return [{ check: "stack", ...failed(error.message) }];
  }
  const keys = { ...stackKeys(stack), authority: () => Promise.resolve(read.certificate?.ca) };
  const checks = allChecks(read, {}, undefined, { outputs: () => readStackOutputs(stack), keys });
  waiting.on(checks.map(({ name }) => name));
  const rows = await runChecks(checks, {}, (names) => waiting.on(names));
  const { webhook, heartbeatUrl, credentials } = read;
  const passwords = keys.read().map(({ password }) => password);
  return concealed(
    rows,
    [webhook, heartbeatUrl, ...Object.values(credentials), ...passwords].filter((one) => one !== undefined),
  );
}

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if ("help" in read) {
    await print(`${usage}\n`);
    return 0;
  }
  if ("fault" in read) {
    process.stderr.write(`${read.fault}\n\n${usage}\n`);
    return 2;
  }
  return tell(read);
}

async function tell({ stack, json }: PreflightArguments): Promise<number> {
  const started = Date.now();
  const waiting = new Waiting();
  let rows: Row[];
  try {
    rows = await look(stack, waiting);
  } finally {
    waiting.stop();
  }
  const isWell = rows.every(({ status }) => status !== "failed");
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  if (json) {
    await print(`${JSON.stringify({ stack, ok: isWell, seconds, rows }, null, 2)}\n`);
  } else {
    const { isTTY, columns } = process.stdout;
    const shown = isTTY && columns >= 80 ? drawTable(rows, columns, colors) : plainLines(rows);
    await print(`${shown}\n${summaryOf(rows)} (stack ${stack}, ${seconds} s)\n`);
  }
  return isWell ? 0 : 1;
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

main().then(
  // A request that is never answered would keep this process up.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(2));
  },
);
