/**
 * Runs tests of one spec of the folder that it is started in, once for each run that is asked for, and appends how each
 * went to a file. In one process, because packages take longest to load: of the folder's own modules none is kept.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import Mocha from "mocha";
import type { Door } from "./door";

/** What is asked of a runner. */
export interface Request {
  readonly spec: string;
  /** Each with the titles of the tests to run, and the door that is open meanwhile. */
  readonly runs: readonly { readonly titles: readonly string[]; readonly openedBy?: Door["openedBy"] }[];
  /** Where a line of JSON is written for each run. */
  readonly answers: string;
}

/** How one test ended. */
export interface TestResult {
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The first line of what a failed test says. */
  readonly says: string;
  /** Whether it failed by an assertion, rather than by an error on the way to one. */
  readonly isAssertion: boolean;
}

/** What became of one run. */
export interface SpecRun {
  readonly tests: readonly TestResult[];
  /** Why tests that were asked for did not run, as far as that is known. */
  readonly trouble: string;
  readonly seconds: number;
}

/** Long, because a door is not open for a machine that is busy; tests with a time of their own keep it. */
const TIMEOUT_MS = 60_000;

const root = fs.realpathSync(process.cwd());

async function main({ spec, runs, answers }: Request): Promise<void> {
  for (const { titles, openedBy } of runs) {
    const started = performance.now();
    const close = openedBy === undefined ? () => undefined : open(openedBy);
    let run: Omit<SpecRun, "seconds">;
    try {
      run = await runOnce(spec, titles);
    } catch (error) {
      run = { tests: [], trouble: String(error).replace(/\s+/g, " ") };
    } finally {
      close();
    }
    const seconds = (performance.now() - started) / 1000;
    fs.appendFileSync(answers, `${JSON.stringify({ ...run, seconds } satisfies SpecRun)}\n`);
  }
}

/** Opens a door; gives how it is closed again. */
function open({ file, find, replace }: Door["openedBy"]): () => void {
  const closed = fs.readFileSync(path.join(root, file), "utf8");
  // A function, because `$` means something in a text.
  const opened = closed.replace(find, () => replace);
  fs.writeFileSync(path.join(root, file), opened);
  return () => fs.writeFileSync(path.join(root, file), closed);
}

class LoadingMocha extends Mocha {
  /** By `require`, whose modules can be forgotten; what is imported is kept for ever. */
  public load(): void {
    this.loadFiles();
  }
}

async function runOnce(spec: string, titles: readonly string[]): Promise<Omit<SpecRun, "seconds">> {
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(`${root}${path.sep}`)) delete require.cache[file];
  }
  const mocha = new LoadingMocha({
    timeout: TIMEOUT_MS,
    reporter: Mocha.reporters.Base,
    grep: new RegExp(titles.map(escaped).join("|")),
  });
  mocha.addFile(path.join(root, spec));
  mocha.load();
  const tests: TestResult[] = [];
  const troubles: string[] = [];
  const note = (outcome: TestResult["outcome"], { title }: Mocha.Runnable, error?: Partial<NodeJS.ErrnoException>) => {
    const isAssertion = error?.code === "ERR_ASSERTION" || error?.name === "AssertionError";
    if (titles.includes(title)) tests.push({ title, outcome, says: firstLine(error?.message), isAssertion });
  };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pass", (test) => note("passed", test));
    runner.on("pending", (test) => note("skipped", test));
    runner.on("fail", (test: Mocha.Runnable & { type?: string }, error: Error) => {
      if (test.type === "hook") troubles.push(`${test.title}: ${firstLine(error.message)}`);
      else note("failed", test, error);
    });
  });
  mocha.dispose();
  return { tests, trouble: troubles[0] ?? "" };
}

const firstLine = (text = "") => text.trim().split("\n")[0]!;
const escaped = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

if (require.main === module) {
  void main(JSON.parse(fs.readFileSync(process.argv[2]!, "utf8")) as Request).then(() => process.exit(0));
}
