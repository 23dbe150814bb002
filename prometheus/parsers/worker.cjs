/** The thread that the parsers run in: takes a question, and wakes up who waits for the answer. See parsers.ts. */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { parentPort, workerData } = require("node:worker_threads");
const { brotliDecompressSync } = require("node:zlib");

const { port, answered } = workerData;
let program;
let failed;

function load() {
  // Go's loader looks for these; without `fs` what Go prints in a failure would be lost.
  Object.assign(globalThis, { fs: require("node:fs"), path: require("node:path") });
  require("./built/wasm_exec.js");
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
parentPort.postMessage("ready");
port.on("message", (question) => {
  port.postMessage(answerTo(question));
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
