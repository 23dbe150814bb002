import { monitorEventLoopDelay } from "node:perf_hooks";
import { descendantsOf, readOfProcess } from "../../lab/process-family";

/** What the machine did while a benchmark ran. */
export interface Machine {
  /** The most memory that all processes had at one time, in MiB; what they share is counted in each. */
  readonly peakMiB: number;
  /** How late this process's own timers were at worst, in seconds. */
  readonly timersLate: number;
  readonly minutes: number;
}

/** Memory of this process and its children, now and then, and how late its timers are. */
export function watchMachine(): { seen: () => Machine; stop: () => void } {
  const started = Date.now();
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  let peakMiB = 0;
  const look = () => {
    const kibibytes = descendantsOf(process.pid).map((pid) =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readOfProcess(pid, "status"))?.[1] ?? 0),
    );
    peakMiB = Math.max(peakMiB, kibibytes.reduce((sum, one) => sum + one, 0) / 1024);
  };
  const timer = setInterval(look, 15_000);
  return {
    seen: () => {
      look();
      return { peakMiB, timersLate: delays.max / 1e9, minutes: (Date.now() - started) / 60_000 };
    },
    stop: () => {
      clearInterval(timer);
      delays.disable();
    },
  };
}
