import { setMaxListeners } from "node:events";
import type { Say } from "./progress";

/** The parts that must be stopped when a run ends, whatever the reason is. */
export class Ending {
  private readonly parts: { name: string; stop: () => Promise<void> }[] = [];
  private readonly abort = new AbortController();
  private ended: Promise<void> | undefined;

  constructor(private readonly say: Say) {
    // The Automation API adds a listener for each command and never removes it.
    setMaxListeners(0, this.abort.signal);
  }

  /** A signal that is aborted when the run ends. Running commands are then interrupted, as if by Ctrl-C. */
  public get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Adds a part. Parts are stopped in reverse order. */
  public add(name: string, stop: () => Promise<void>): void {
    this.parts.push({ name, stop });
  }

  /** Stops all parts, once. If a part cannot be stopped, that is reported and the remaining parts are still stopped. */
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
 * Ends the run and exits on Ctrl-C, on a signal, and when the process that started this one (make, npm) is gone. After
 * Ctrl-C the exit code is `interrupted` (default: 130). If the lab itself is killed, it cannot end the run, but the
 * kernel ends its child processes (see `startChild`).
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
      say("Everything has been stopped.");
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
