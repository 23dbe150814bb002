import { Listr } from "listr2";
import { colors } from "../tools/shared/colors";

/** A function that shows one line of progress. */
export type Say = (line: string) => void;

/** A stage of a run and how long it took. */
export interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** Runs the stages of a run one after the other, shows their progress, and records how long each stage took. */
export interface Progress {
  readonly stages: readonly Stage[];
  /** The stage that failed, if one did. */
  readonly failed: Stage | undefined;
  stage<T>(name: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** Shows a line within the current stage. It is for parts that run longer than the stage that started them. */
  readonly tell: Say;
}

/** The output that progress is written to. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly write: Say;
}

/** Standard output. It counts as a terminal unless it is piped, runs under CI, or reports no width. */
export function standardScreen(): Screen {
  const { isTTY, columns } = process.stdout;
  return {
    isTerminal: isTTY && columns >= 40 && process.env.CI === undefined && process.env.TERM !== "dumb",
    write: (line) => process.stdout.write(`${line}\n`),
  };
}

/** After this time a plain line reports that a stage is still running. */
const longestSilenceMs = 30_000;

/**
 * Shows a spinner and timer on a terminal. Elsewhere it prints a line for each stage, with the time since the run
 * began, and more lines if a stage takes long.
 */
export function startProgress(screen: Screen = standardScreen(), silenceMs = longestSilenceMs): Progress {
  const began = performance.now();
  const stages: Stage[] = [];
  let failed: Stage | undefined;
  let current: Say | undefined;
  return {
    stages,
    tell: (line) => (current ?? screen.write)(line),
    get failed() {
      return failed;
    },
    async stage<T>(name: string, work: (say: Say) => Promise<T>) {
      const started = performance.now();
      let last = "begun";
      const line = (text: string) => {
        if (!screen.isTerminal) screen.write(`[${secondsSince(began).toFixed(1).padStart(6)} s] ${name}: ${text}`);
      };
      const beat = setInterval(() => line(last), silenceMs);
      const results: T[] = [];
      const list = new Listr(
        {
          title: name,
          task: async (_context, task) => {
            current = (text) => (task.output = last = text);
            results.push(await work(current));
            task.title = `${name} ${colors.dim(`${secondsSince(started).toFixed(1)} s`)}`;
          },
        },
        // The renderer must not handle Ctrl-C, because the lab does, and stops every part before it ends.
        { registerSignalListeners: false, renderer: screen.isTerminal ? "default" : "silent" },
      );
      try {
        await list.run();
        line(`done in ${secondsSince(started).toFixed(1)} s`);
        return results[0] as T;
      } catch (error) {
        failed = { name, seconds: secondsSince(started) };
        line(`FAILED after ${failed.seconds.toFixed(1)} s; the last word was: ${last}`);
        throw error;
      } finally {
        clearInterval(beat);
        current = undefined;
        stages.push({ name, seconds: secondsSince(started) });
      }
    },
  };
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}
