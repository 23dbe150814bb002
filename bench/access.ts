/**
 * `npm run bench:access`: for how long alerting is silent while a login or certificate of the pages changes, compared
 * with an `up` without a change, and how long preview and `up` take with full access control. `--before <commit>` also
 * measures the program of that commit.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { colors } from "../tools/shared/colors";
import { openRun } from "../lab/run";
import type { Run } from "../lab/run";
import { type CommandTimes, interruptionMarkdown, timesMarkdown, type Window } from "./access/figures";
import { interruptions } from "./access/interruption";
import { commandTimes } from "./access/times";

const OUT = ".lab/bench-access.json";

interface Options {
  readonly rounds: number;
  readonly before?: string;
  /** Measures only `interruption` or only `times`. Default: both. */
  readonly only?: string;
}

function optionsGiven(): Options {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "3" },
      before: { type: "string" },
      only: { type: "string" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new Error(`--rounds is "${values.rounds}"; it is a whole number from 1 to 100.`);
  }
  if (values.only !== undefined && !["interruption", "times"].includes(values.only)) {
    throw new Error(`--only is "${values.only}"; it is "interruption" or "times".`);
  }
  return { rounds, before: values.before, only: values.only };
}

async function measured(
  run: Run,
  { rounds, before, only }: Options,
): Promise<{ windows: Window[]; times: CommandTimes[] }> {
  const lab = await run.startLab();
  const windows = only === "times" ? [] : await interruptions(lab, rounds, run.progress);
  const times = only === "interruption" ? [] : await commandTimes(lab, rounds, before, run.progress);
  return { windows, times };
}

async function main(): Promise<number> {
  const options = optionsGiven();
  const run = await openRun();
  const { screen, progress, ending } = run;
  let figures: Awaited<ReturnType<typeof measured>>;
  try {
    figures = await measured(run, options);
  } catch (error) {
    await ending.end();
    screen.write(colors.red(`${progress.failed?.name ?? "The lab"} failed: ${(error as Error).message}`));
    screen.write(`Logs: ${run.directory}`);
    return 1;
  }
  await progress.stage("stopping", () => ending.end());
  await fs.mkdir(path.dirname(OUT), { recursive: true });
  await fs.writeFile(OUT, `${JSON.stringify(figures, undefined, 2)}\n`);
  const { windows, times } = figures;
  if (windows.length > 0) screen.write(`\n${interruptionMarkdown(windows)}\n`);
  if (times.length > 0) screen.write(`\n${timesMarkdown(times)}\n`);
  screen.write(`All figures: ${OUT}\nLogs: ${run.directory}`);
  const lost = windows.filter(({ begun, told }) => told < begun);
  lost.forEach(({ change, begun, told }) =>
    screen.write(colors.red(`${change}: ${begun - told} of ${begun} alerts were lost.`)),
  );
  return lost.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
