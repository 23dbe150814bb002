import * as fs from "node:fs/promises";
import * as path from "node:path";

/** The project: where Pulumi.yaml is. */
export const projectRoot = path.resolve(__dirname, "..");
const runsDirectory = path.join(projectRoot, ".lab");
/** Where the newest report is found. */
export const latestReport = path.join(runsDirectory, "report.json");

/** How many runs are kept to be looked at. */
const keptRuns = 4;
const runName = /^\d{8}-\d{6}-(\d+)$/;

/** Makes the directory of a new run, named by time and process, and forgets old runs that are over. */
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
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
