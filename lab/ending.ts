import { setMaxListeners } from "node:events";
import type { Say } from "./progress";

/** What has to be stopped when a run ends, however it ends. */
export class Ending {
  private readonly parts: { name: string; stop: () => Promise<void> }[] = [];
  private readonly abort = new AbortController();
  private ended: Promise<void> | undefined;

  constructor(private readonly say: Say) {
    // The Automation API adds a listener for each command and takes none away.
    setMaxListeners(0, this.abort.signal);
  }

  /** Aborted when the run is to end: commands that run are interrupted as by Ctrl-C. */
  public get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Parts are stopped in the reverse order of their adding. */
  public add(name: string, stop: () => Promise<void>): void {
    this.parts.push({ name, stop });
  }

  /** Stops everything, once. A part that cannot be stopped is reported, and the rest is stopped all the same. */
  public end(): Promise<void> {
    this.ended ??= this.stopAll();
    return this.ended;
  }

  private async stopAll(): Promise<void> {
    this.abort.abort();
    for (const part of this.parts.reverse()) {
      try {
        await part.stop();
      } catch (error) {
        this.say(`${part.name} could not be stopped: ${(error as Error).message}`);
      }
    }
  }
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Ends the run on Ctrl-C, on a signal, and when the process that started this one (make, npm) is gone; then exits, after
 * Ctrl-C with `interrupted`. Default: 130.
 * The children of a lab that is itself killed without a chance to act are ended by the kernel (startChild).
 */
export function endWithProcess(ending: Ending, say: Say, interrupted = 128 + signals.SIGINT): void {
  const parent = process.ppid;
  let begun = false;
  const end = (reason: string, code: number) => {
    if (begun) {
      return;
    }
    begun = true;
    say(`\n${reason}: stopping everything ...`);
    void ending.end().finally(() => {
      say("Everything is stopped.");
      process.exit(code);
    });
  };
  for (const [signal, number] of Object.entries(signals)) {
    if (signal === "SIGINT") process.on(signal, () => end("Interrupted", interrupted));
    else process.on(signal, () => end(signal, 128 + number));
  }
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      end("The process that started this one has ended", 1);
    }
  }, 500);
  watch.unref();
}
