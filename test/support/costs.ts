import { appendFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { descendantsOf, readOfProcess } from "../../lab/process-family";

/** The cost of a spec file, or of another step of `make test`. */
export interface Cost {
  readonly step: string;
  /** The wall time. */
  readonly seconds: number;
  /** The processor time of this process and its child processes, or only of this process if there is no `/proc`. */
  readonly processorSeconds: number;
  /** How often this process started the Pulumi CLI, by command: `up`, `preview`, ... */
  readonly cliRuns: Readonly<Record<string, number>>;
}

/** The file to which costs are written, one JSON line each; `undefined` if costs are not recorded. */
export const costsFile = process.env.COSTS;

/** The unit of times in `/proc/<pid>/stat` is 1/USER_HZ; USER_HZ is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Measures wall and processor time between two readings. */
export class Meter {
  private last = look();

  /** The time used since the last reading, or since the start. */
  read(): Pick<Cost, "seconds" | "processorSeconds"> {
    const [before, now] = [this.last, look()];
    this.last = now;
    return {
      seconds: now.seconds - before.seconds,
      processorSeconds: now.processorSeconds - before.processorSeconds,
    };
  }
}

/** Records a cost, if costs are recorded. */
export function note(cost: Cost): void {
  if (costsFile === undefined) return;
  mkdirSync(path.dirname(costsFile), { recursive: true });
  appendFileSync(costsFile, `${JSON.stringify(cost)}\n`);
}

function look() {
  return { seconds: performance.now() / 1000, processorSeconds: processorSeconds() };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  const others = descendantsOf(process.pid).map((pid) => {
    // The text after "pid (name)", because a name may contain spaces. Fields 14 to 17 are utime and stime of the
    // process, and of its ended children.
    const stat = readOfProcess(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(pid === process.pid ? 13 : 11, 15).map(Number);
    return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  });
  return (user + system) / 1e6 + others.reduce((sum, seconds) => sum + seconds, 0);
}
