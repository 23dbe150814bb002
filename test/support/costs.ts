import { appendFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { descendantsOf, readOfProcess } from "../../lab/process-family";

/** What a spec file, or another step of `make test`, cost. */
export interface Cost {
  readonly step: string;
  /** Wall time. */
  readonly seconds: number;
  /** Processor time of this process and of all that it started; only its own where there is no /proc. */
  readonly processorSeconds: number;
  /** How often this process started the Pulumi CLI, by command: `up`, `preview`, ... */
  readonly cliRuns: Readonly<Record<string, number>>;
}

/** The file that costs are noted in, a JSON line each; undefined where nobody asks for them. */
export const costsFile = process.env.COSTS;

/** The kernel's unit in /proc/<pid>/stat: USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Wall and processor time between two looks. */
export class Meter {
  private last = look();

  /** What it took since the last time, or since the start. */
  read(): Pick<Cost, "seconds" | "processorSeconds"> {
    const [before, now] = [this.last, look()];
    this.last = now;
    return {
      seconds: now.seconds - before.seconds,
      processorSeconds: now.processorSeconds - before.processorSeconds,
    };
  }
}

/** Notes a cost, where somebody asks for it. */
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
    // After "pid (name)", which may hold spaces: fields 14 to 17 are utime, stime, and those of children that have ended.
    const stat = readOfProcess(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(pid === process.pid ? 13 : 11, 15).map(Number);
    return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  });
  return (user + system) / 1e6 + others.reduce((sum, seconds) => sum + seconds, 0);
}
