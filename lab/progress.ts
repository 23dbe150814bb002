import { Listr } from "listr2";
import { colors } from "../tools/shared/colors";

/** Takes one line of progress. */
export type Say = (line: string) => void;

/** A stage of a run and what it took. */
export interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** Runs the stages of a run one after the other, shows how each goes on, and keeps what each took. */
export interface Progress {
  readonly stages: readonly Stage[];
  /** The stage that failed, if one did. */
  readonly failed: Stage | undefined;
  stage<T>(name: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** Tells a line within the stage that runs now; for parts that live longer than the stage that started them. */
  readonly tell: Say;
}

/** Where progress goes. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly write: Say;
}

/** Standard output: a terminal unless it is piped, runs under CI, or has no width to speak of. */
export function standardScreen(): Screen {
  const { isTTY, columns } = process.stdout;
  return {
    isTerminal: isTTY && columns >= 40 && process.env.CI === undefined && process.env.TERM !== "dumb",
    write: (line) => process.stdout.write(`${line}\n`),
  };
}

/** After how long without a word a plain line says that the stage goes on. */
const SILENCE_MS = 10_000;

/** Spinner and timer on a terminal, one plain line for each step elsewhere. */
export function startProgress(screen: Screen = standardScreen()): Progress {
  const stages: Stage[] = [];
  let failed: Stage | undefined;
  let current: Say | undefined;
  return {
    stages,
    tell: (line) => (current ?? screen.write)(line),
    get failed() {
      return failed;
    },
    async stage(name, work) {
      const started = performance.now();
      const took = (): Stage => ({ name, seconds: secondsSince(started) });
      const toldWork = (say: Say) => {
        current = say;
        return work(say);
      };
      try {
        const result = await (screen.isTerminal ? spinning(name, toldWork) : plain(screen, name, toldWork, started));
        stages.push(took());
        return result;
      } catch (error) {
        failed = took();
        stages.push(failed);
        throw error;
      } finally {
        current = undefined;
      }
    },
  };
}

async function spinning<T>(name: string, work: (say: Say) => Promise<T>): Promise<T> {
  const results: T[] = [];
  const list = new Listr(
    [
      {
        title: name,
        task: async (_context, task) => {
          const started = performance.now();
          results.push(await work((line) => (task.output = line)));
          task.title = `${name} ${colors.dim(`${secondsSince(started).toFixed(1)} s`)}`;
        },
      },
    ],
    // The lab has its own answer to Ctrl-C: it stops every part before it ends.
    { registerSignalListeners: false },
  );
  await list.run();
  return results[0] as T;
}

async function plain<T>(screen: Screen, name: string, work: (say: Say) => Promise<T>, started: number): Promise<T> {
  const line = (text: string) => screen.write(`[${secondsSince(started).toFixed(1).padStart(6)} s] ${name}: ${text}`);
  let lastWord = performance.now();
  const say: Say = (text) => {
    lastWord = performance.now();
    line(text);
  };
  screen.write(`-- ${name}`);
  const heartbeat = setInterval(() => {
    if (performance.now() - lastWord >= SILENCE_MS) {
      say("still at it");
    }
  }, 1_000);
  try {
    const result = await work(say);
    line("done");
    return result;
  } catch (error) {
    line("FAILED");
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}
