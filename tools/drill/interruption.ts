/** Turns Ctrl-C and SIGTERM into an abort signal; a second Ctrl-C or SIGTERM ends the process at once. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Whether an interruption came. */
  readonly came: () => boolean;
  /** Restores the system's default handling. */
  release(): void;
}

const names = ["SIGINT", "SIGTERM"] as const;

export function interruption(say: (line: string) => void, cleanUp: string): Interruption {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      say(`${name} again: ending at once`);
      process.exit(130);
    }
    say(`${name}: ${cleanUp}; a second signal ends the drill at once`);
    controller.abort(new Error("interrupted"));
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    came: () => controller.signal.aborted,
    release: () => names.forEach((name) => process.off(name, onSignal)),
  };
}
