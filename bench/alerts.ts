/** `npm run bench:alerts`: the time from the stop of a target to the message in Slack, for several profiles at once. */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { colors } from "../tools/shared/colors";
import { destinationFaults } from "../tools/drill/destinations";
import { Ending, endWithProcess } from "../lab/ending";
import { findPrograms } from "../lab/programs/find";
import { standardScreen, startProgress } from "../lab/progress";
import { makeRunDirectory } from "../lab/run-directory";
import { readOptions, USAGE } from "./alerts/options";
import { complaints, markdownReport } from "./alerts/report";
import { runBench } from "./alerts/run";

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if ("faults" in options) {
    process.stderr.write(`${options.faults.join("\n")}\n\n${USAGE}\n`);
    return 2;
  }
  const nowhere = await destinationFaults({ json: options.out });
  if (nowhere.length > 0) {
    process.stderr.write(`${nowhere.join("\n").replaceAll("--json", "--out")}\n`);
    return 2;
  }
  const screen = standardScreen();
  const progress = startProgress(screen);
  const ending = new Ending(screen.write);
  const directory = await makeRunDirectory();
  const { signal } = ending;
  const programs = await progress.stage("programs", (say) =>
    findPrograms(["helm", "prometheus", "alertmanager"], say, { signal }),
  );
  const stage = `${options.profiles.length * options.deployments * options.stops} stops`;
  const running = progress.stage(stage, (say) => runBench(options, { directory, programs, signal, say }));
  ending.add("the deployments", async () => void (await running.catch(() => undefined)));
  endWithProcess(ending, screen.write);
  const result = await running.catch((error: unknown) => {
    if (signal.aborted) {
      // On Ctrl-C the process ends with the exit code for an interruption, after everything has been stopped.
      return new Promise<never>(() => undefined);
    }
    throw error;
  });
  await fs.mkdir(path.dirname(path.resolve(options.out)), { recursive: true });
  await fs.writeFile(options.out, `${JSON.stringify({ options, ...result }, undefined, 2)}\n`);
  screen.write(
    `\n${markdownReport(result.figures, result.machine)}\n\nAll figures: ${options.out}\nLogs: ${directory}`,
  );
  const wrong = [...result.failures, ...complaints(result.figures)];
  wrong.forEach((sentence) => screen.write(colors.red(sentence)));
  return wrong.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
