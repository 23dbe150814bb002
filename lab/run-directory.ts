import * as fs from "node:fs/promises";
import * as path from "node:path";

/** The project's root, the directory of Pulumi.yaml. */
export const projectRoot = path.resolve(__dirname, "..");
const runsDirectory = path.join(projectRoot, ".lab");
/** The path of the newest report. */
export const latestReport = path.join(runsDirectory, "report.json");

/** How many old runs are kept for inspection. */
const keptRuns = 4;
const runName = /^\d{8}-\d{6}-(\d+)$/;

/** Makes the directory of a new run, named by time and process, and deletes the oldest directories of finished runs. */
export async function makeRunDirectory(now = new Date()): Promise<string> {
  await fs.mkdir(runsDirectory, { recursive: true });
  const runs = (await fs.readdir(runsDirectory)).filter((name) => runName.test(name)).sort();
  for (const old of runs.slice(0, Math.max(runs.length - keptRuns, 0))) {
    if (!isAlive(Number(runName.exec(old)?.[1]))) {
      await fs.rm(path.join(runsDirectory, old), { recursive: true, force: true });
    }
  }
  const digits = now.toISOString().replaceAll(/[-:]/g, "");
  const directory = path.join(runsDirectory, `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${process.pid}`);
  await fs.mkdir(directory);
  return directory;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
