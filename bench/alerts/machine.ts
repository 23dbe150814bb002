import { monitorEventLoopDelay } from "node:perf_hooks";
import { descendantsOf, readOfProcess } from "../../lab/process-family";

/** The load on the machine while a benchmark ran. */
export interface Machine {
  /** The most memory that all processes used at one time, in MiB; shared memory is counted in each process. */
  readonly peakMiB: number;
  /** The longest delay of this process's own timers, in seconds. */
  readonly timersLate: number;
  readonly minutes: number;
}

/** Samples the memory of this process and its children, and the delay of its timers. */
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
