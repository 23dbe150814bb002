/**
 * The thread in which the parsers run: takes a request, and wakes the thread that waits for the answer. See parsers.ts.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { workerData } = require("node:worker_threads");
const { brotliDecompressSync } = require("node:zlib");

const { port, answered } = workerData;
let program;
let failed;

function load() {
  // Go's loader expects these globals. Without `fs`, what Go prints when it fails would be lost. No answer needs a
  // file: Go would read only the machine's time zones, and those are built in.
  const fs = {
    ...require("node:fs"),
    open: (...given) => given.at(-1)(Object.assign(new Error(), { code: "ENOENT" })),
  };
  Object.assign(globalThis, { fs, path: require("node:path") });
  require("./built/wasm_exec.js");
  // V8 would recompile hot code to optimize it; for 1,000 rules that takes 50 % longer than checking them.
  setFlagsFromString("--wasm-tiering-budget=1000000000");
  program = new WebAssembly.Module(brotliDecompressSync(readFileSync(join(__dirname, "built/parsers.wasm.br"))));
  start();
}

function start() {
  const go = new globalThis.Go();
  // The call is not awaited: Go runs until it waits for requests, and then keeps waiting.
  void go.run(new WebAssembly.Instance(program, go.importObject));
}

function answerTo(question) {
  if (failed !== undefined) return JSON.stringify({ failed });
  try {
    return globalThis.answerOfParsers(question);
  } catch (error) {
    // The nesting is too deep for the stack, or memory ran out: this instance is broken, and a new one is started.
    start();
    return JSON.stringify({ failed: error instanceof RangeError ? "it is nested too deeply" : String(error) });
  }
}

try {
  load();
} catch (error) {
  // The error is kept as the answer to every question. The waiting thread is blocked, and would never notice that this
  // thread ended.
  failed = `the parsers cannot be loaded (${error.code ?? error.message}); \`git checkout prometheus/parsers\` brings them back`;
}
port.on("message", (question) => {
  port.postMessage(answerTo(question));
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
