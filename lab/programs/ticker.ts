import type { Say } from "../progress";

/** How often a long task reports that it is still running. */
const everyMs = 10_000;

/** Prints a line every {@link everyMs} until it is stopped. The line is made from the elapsed time. */
export function startTicker(say: Say, line: (elapsed: string) => string): { stop(): void } {
  const started = performance.now();
  const timer = setInterval(() => say(line(formatSeconds((performance.now() - started) / 1000))), everyMs);
  return { stop: () => clearInterval(timer) };
}

/** `42 s`, `9 min 25 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
