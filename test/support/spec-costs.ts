/** Mocha's root hooks that record the cost of each spec file, for the table at the end of `make test`. */
import { ChildProcess } from "node:child_process";
import * as path from "node:path";
import type { RootHookObject, Suite } from "mocha";
import { costsFile, Meter, note } from "./costs";

const project = path.resolve(__dirname, "../..");
const meter = new Meter();
let cliRuns: Record<string, number> = {};

function countCliRuns(): void {
  type Spawn = (this: ChildProcess, options: { readonly file: string; readonly args: readonly string[] }) => unknown;
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    if (path.basename(options.file) === "pulumi") {
      const command = options.args.slice(1).find((word) => /^[a-z]/.test(word)) ?? "";
      cliRuns[command] = (cliRuns[command] ?? 0) + 1;
    }
    return spawn.call(this, options);
  };
}

function noteStep(step: string): void {
  note({ step, ...meter.read(), cliRuns });
  cliRuns = {};
}

export const mochaHooks: RootHookObject = {
  beforeAll(this: Mocha.Context) {
    const suites: Suite[] = this.test?.parent?.suites ?? [];
    const files = new Set(suites.map((suite) => suite.file));
    // In a parallel run, files are loaded one by one, and the loading time of a file counts as a cost of that file.
    if (files.size > 1) noteStep("(loading all spec files)");
    for (const file of files) {
      const last = suites.findLast((suite) => suite.file === file);
      last?.afterAll("note what it cost", () => noteStep(path.relative(project, file ?? "")));
    }
  },
};

if (costsFile !== undefined) countCliRuns();
