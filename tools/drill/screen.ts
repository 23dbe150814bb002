import { colors } from "../shared/colors";

/** Where a person or a log reads how it goes on. */
export interface Screen {
  /** A line with the seconds since the start. */
  readonly say: (line: string) => void;
  /** Text as it is. */
  readonly write: (text: string) => void;
  stop(): void;
}

/** After how long without a word a line says that it goes on. */
const SILENCE_MS = 10_000;

/** Lines on standard error, so that standard output only has the report. */
export function startScreen(write: (text: string) => void = (text) => process.stderr.write(`${text}\n`)): Screen {
  const start = performance.now();
  let last = start;
  let lastLine = "";
  const stamped = (line: string) => {
    last = performance.now();
    write(`${colors.dim(`[${((last - start) / 1000).toFixed(1).padStart(6)} s]`)} ${line}`);
  };
  const beat = setInterval(() => {
    if (performance.now() - last >= SILENCE_MS) stamped(`still at it: ${lastLine}`);
  }, 1_000);
  beat.unref();
  return {
    say: (line) => {
      lastLine = line;
      stamped(line);
    },
    write,
    stop: () => clearInterval(beat),
  };
}
