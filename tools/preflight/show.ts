import { stackKeys } from "../stack/web/keys";
import { StackUnreadable } from "../stack/cli";
import { readStackConfiguration, type StackConfiguration } from "../stack/configuration";
import { selectedStack } from "../stack/identity";
import { readStackOutputs } from "../stack/outputs";
import { print, type Values } from "../shared/command-line";
import type { command } from "./command";
import { failed, type Row } from "../shared/check-result";
import { allChecks } from "./checks/all";
import { concealed } from "./conceal";
import { Waiting } from "../shared/progress";
import { runChecks } from "./run";
import { shownRows, summaryOf } from "../shared/check-table";

/** Runs the checks, shows the results, and returns the exit code. */
export async function runPreflight({ stack: named, json }: Values<typeof command>): Promise<number> {
  const started = Date.now();
  const stack = named ?? (await selectedStack());
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
    await print(JSON.stringify({ stack, ok: isWell, seconds, rows }, null, 2));
  } else {
    await print(`${shownRows(rows)}\n${summaryOf(rows)} (stack ${stack}, ${seconds} s)`);
  }
  return isWell ? 0 : 1;
}

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
  let outputs: ReturnType<typeof readStackOutputs> | undefined;
  const checks = allChecks(read, {}, undefined, { outputs: () => (outputs ??= readStackOutputs(stack)), keys });
  waiting.on(checks.map(({ name }) => name));
  const rows = await runChecks(checks, {}, (names) => waiting.on(names));
  const { webhook, heartbeatUrl, credentials } = read;
  const passwords = keys.read().map(({ password }) => password);
  return concealed(
    rows,
    [webhook, heartbeatUrl, ...Object.values(credentials), ...passwords].filter((one) => one !== undefined),
  );
}
