import { colors } from "../shared/colors";

/** Where the progress is shown, for a person or a log. */
export interface Screen {
  /** Writes a line with the seconds since the start. */
  readonly say: (line: string) => void;
  /** Writes text unchanged. */
  readonly write: (text: string) => void;
  stop(): void;
}

/** After this time without output a line says that the drill is still running. */
const SILENCE_MS = 10_000;

/** Writes to standard error, so that standard output contains only the report. */
export function startScreen(write: (text: string) => void = (text) => process.stderr.write(`${text}\n`)): Screen {
  const start = performance.now();
  let last = start;
  let lastLine = "";
  const stamped = (line: string) => {
    last = performance.now();
    write(`${colors.dim(`[${((last - start) / 1000).toFixed(1).padStart(6)} s]`)} ${line}`);
  };
  const beat = setInterval(() => {
    if (performance.now() - last >= SILENCE_MS) stamped(`still running: ${lastLine}`);
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
