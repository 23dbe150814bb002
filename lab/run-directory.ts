import * as fs from "node:fs/promises";
import * as path from "node:path";

/** The project: where Pulumi.yaml is. */
export const PROJECT_ROOT = path.resolve(__dirname, "..");
const RUNS = path.join(PROJECT_ROOT, ".lab");
/** Where the newest report is found. */
export const LATEST_REPORT = path.join(RUNS, "report.json");

/** How many runs are kept to be looked at. */
const KEPT_RUNS = 4;
const RUN_NAME = /^\d{8}-\d{6}-(\d+)$/;

/** Makes the directory of a new run, named by time and process, and forgets old runs that are over. */
export async function makeRunDirectory(now = new Date()): Promise<string> {
  await fs.mkdir(RUNS, { recursive: true });
  const runs = (await fs.readdir(RUNS)).filter((name) => RUN_NAME.test(name)).sort();
  for (const old of runs.slice(0, Math.max(runs.length - KEPT_RUNS, 0))) {
    if (!isAlive(Number(RUN_NAME.exec(old)?.[1]))) {
      await fs.rm(path.join(RUNS, old), { recursive: true, force: true });
    }
  }
  const digits = now.toISOString().replaceAll(/[-:]/g, "");
  const directory = path.join(RUNS, `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${process.pid}`);
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
