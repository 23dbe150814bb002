/** In a parallel run, Mocha shows a spec file only after all its tests. Until then, this prints what is running. */
import * as path from "node:path";
import type { RootHookObject } from "mocha";

/** How long a test runs before it is printed. */
const SILENCE_MS = 10_000;

function show(file: string, what: string): void {
  process.stdout.write(`  [${path.basename(file, ".spec.ts")}] ${what}\n`);
}

function watch(test: Mocha.Runnable): NodeJS.Timeout {
  const started = Date.now();
  const tell = () => show(test.file ?? "", `${test.title}: ${Math.round((Date.now() - started) / 1000)} s so far`);
  return setInterval(tell, SILENCE_MS).unref();
}

let watching: NodeJS.Timeout | undefined;
export const mochaHooks: RootHookObject =
  process.env.MOCHA_WORKER_ID === undefined
    ? {}
    : {
        beforeEach(this: Mocha.Context) {
          if (this.currentTest !== undefined) watching = watch(this.currentTest);
        },
        afterEach() {
          clearInterval(watching);
        },
      };
