/** Measures what each spec file costs, for the table at the end of `make test`; does nothing unless SUITE_COSTS names a file. */
import { ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import * as path from "node:path";
import type { RootHookObject, Suite } from "mocha";
import { descendantsOf, readOfProcess } from "../../lab/process-family";

/** What a spec file, or loading all of them, cost. */
export interface SuiteCost {
  readonly suite: string;
  /** Wall time. */
  readonly seconds: number;
  /** Processor time of the tests' process and of all that it started; only its own where there is no /proc. */
  readonly processorSeconds: number;
  /** How often the tests' process started the Pulumi CLI, by command: `up`, `preview`, ... */
  readonly cliRuns: Readonly<Record<string, number>>;
}

/** The kernel's unit in /proc/<pid>/stat: USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

const file = process.env.SUITE_COSTS;
const project = path.resolve(__dirname, "../..");

let cliRuns: Record<string, number> = {};
let last = marks();

function marks() {
  return { at: performance.now(), processorSeconds: file === undefined ? 0 : processorSeconds() };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  const children = descendantsOf(process.pid).map((pid) => {
    // After "pid (name)": state is field 3; 14 to 17 are utime, stime, cutime, cstime, the latter two of ended children.
    const stat = readOfProcess(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const from = pid === process.pid ? 13 : 11;
    return fields.slice(from, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  });
  return (user + system) / 1e6 + children.reduce((sum, seconds) => sum + seconds, 0);
}

function record(suite: string): void {
  const now = marks();
  const cost: SuiteCost = {
    suite,
    seconds: (now.at - last.at) / 1000,
    processorSeconds: now.processorSeconds - last.processorSeconds,
    cliRuns,
  };
  appendFileSync(file!, `${JSON.stringify(cost)}\n`);
  last = now;
  cliRuns = {};
}

function countCliRuns(): void {
  type Spawn = (this: ChildProcess, options: { readonly file: string; readonly args: readonly string[] }) => unknown;
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
  const spawn = prototype.spawn;
  prototype.spawn = function (options) {
    if (path.basename(options.file) === "pulumi") {
      const command = options.args.slice(1).find((word) => /^[a-z]/.test(word)) ?? "";
      cliRuns[command] = (cliRuns[command] ?? 0) + 1;
    }
    return spawn.call(this, options);
  };
}

/** Root hooks: the cost of a spec file runs from the end of the one before it, its loading included in a parallel run. */
export const mochaHooks: RootHookObject = {
  beforeAll(this: Mocha.Context) {
    if (file === undefined) return;
    const suites: Suite[] = this.test?.parent?.suites ?? [];
    const files = new Set(suites.map((suite) => suite.file));
    if (files.size > 1) record("(loading)");
    for (const one of files) {
      const lastOfFile = suites.findLast((suite) => suite.file === one);
      lastOfFile?.afterAll("note what it cost", () => record(path.relative(project, one ?? "")));
    }
  },
};

if (file !== undefined) countCliRuns();
