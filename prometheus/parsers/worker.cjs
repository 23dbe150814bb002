/** The thread that the parsers run in: takes a question, and wakes up who waits for the answer. See parsers.ts. */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { workerData } = require("node:worker_threads");
const { brotliDecompressSync } = require("node:zlib");

const { port, answered } = workerData;
let program;
let failed;

function load() {
  // Go's loader looks for these; without `fs` what Go prints in a failure would be lost. An answer awaits no file, and all
  // that Go would read are the machine's time zones, which are built in.
  const fs = {
    ...require("node:fs"),
    open: (...given) => given.at(-1)(Object.assign(new Error(), { code: "ENOENT" })),
  };
  Object.assign(globalThis, { fs, path: require("node:path") });
  require("./built/wasm_exec.js");
  // V8 would compile again, and better, what runs often: of 1,000 rules that takes half as long again as to judge them.
  setFlagsFromString("--wasm-tiering-budget=1000000000");
  program = new WebAssembly.Module(brotliDecompressSync(readFileSync(join(__dirname, "built/parsers.wasm.br"))));
  start();
}

function start() {
  const go = new globalThis.Go();
  // Not awaited: Go runs until it waits for questions, and then goes on waiting.
  void go.run(new WebAssembly.Instance(program, go.importObject));
}

function answerTo(question) {
  if (failed !== undefined) return JSON.stringify({ failed });
  try {
    return globalThis.answerOfParsers(question);
  } catch (error) {
    // Too deep for the stack, or out of memory: this instance is broken.
    start();
    return JSON.stringify({ failed: error instanceof RangeError ? "it is nested too deeply" : String(error) });
  }
}

try {
  load();
} catch (error) {
  // Who asks is blocked, and would wait for the thread's end in vain.
  failed = `the parsers cannot be loaded (${error.code ?? error.message}); \`git checkout prometheus/parsers\` brings them back`;
}
port.on("message", (question) => {
  port.postMessage(answerTo(question));
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
