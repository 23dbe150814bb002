import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startChild, type Child } from "../../lab/processes/child";
import type { Copy } from "./copy";
import type { Request, SpecRun } from "./runner";

const POLL_MS = 200;

/**
 * Runs tests of one spec of a copy in a process of its own, and gives how each run went, as soon as it has. There may be
 * fewer than were asked for: then the process has ended, and the last one says how. `started` gets it, to stop it by.
 */
export async function* runSpec(
  { root, logs }: Copy,
  spec: string,
  runs: Request["runs"],
  started: (process: Child) => void,
): AsyncGenerator<SpecRun> {
  const request = path.join(logs, "request.json");
  const answers = path.join(logs, "answers.jsonl");
  const logFile = path.join(logs, "log");
  await fs.writeFile(request, JSON.stringify({ spec, runs, answers } satisfies Request));
  await Promise.all([answers, logFile].map((file) => fs.writeFile(file, "")));
  const child = startChild({
    name: "mocha",
    command: process.execPath,
    args: ["--import", "tsx", path.join(__dirname, "runner.ts"), request],
    cwd: root,
    logFile,
  });
  started(child);
  let read = 0;
  while (read < runs.length) {
    const { running } = child;
    const lines = (await fs.readFile(answers, "utf8")).split("\n").slice(0, -1);
    for (const line of lines.slice(read)) yield JSON.parse(line) as SpecRun;
    read = lines.length;
    if (!running) break;
    await Promise.race([child.exited, delay(POLL_MS)]);
  }
  await child.exited;
  if (read < runs.length) yield { tests: [], trouble: lastWords(await fs.readFile(logFile, "utf8")), seconds: 0 };
}

/** Of what a process wrote before it ended: the error, without where it was thrown. */
function lastWords(log: string): string {
  const said = log.trim().split(/\n\s+at /)[0]!;
  return said.replace(/\s+/g, " ").slice(-300) || "its process has ended without a word.";
}
