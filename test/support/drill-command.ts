import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";

const project = path.resolve(__dirname, "../..");

/** A running drill, started from the command line as a person does. */
export interface Command {
  readonly pid: number;
  /** Resolves when the command has printed these words; rejects if the command ends first. */
  said(words: RegExp): Promise<void>;
  interrupt(signal?: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

/** Runs `npm run drill -- <args>` without npm in between, so that the command itself receives signals. */
export function runDrillCommand(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Command {
  const child = spawn(process.execPath, [path.join(project, "run.cjs"), "tools/drill/main.ts", ...args], {
    cwd: options.cwd ?? project,
    env: { ...process.env, CI: "true", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const waiting: { words: RegExp; done: () => void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
      for (const one of waiting.filter(({ words }) => words.test(output))) one.done();
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
  return {
    pid: child.pid!,
    said: (words) =>
      new Promise((resolve, reject) => {
        if (words.test(output)) return resolve();
        waiting.push({ words, done: resolve });
        void ended.then(() => reject(new Error(`the drill ended without a word of ${String(words)}:\n${output}`)));
      }),
    interrupt: (signal = "SIGINT") => void child.kill(signal),
    ended,
  };
}
