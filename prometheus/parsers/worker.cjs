/** The thread that the parsers run in: takes a question, and wakes up who waits for the answer. See parsers.ts. */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { parentPort, workerData } = require("node:worker_threads");
const { brotliDecompressSync } = require("node:zlib");

// Go's loader looks for these; without `fs` what Go prints in a failure would be lost.
Object.assign(globalThis, { fs: require("node:fs"), path: require("node:path") });
require("./built/wasm_exec.js");

const program = new WebAssembly.Module(brotliDecompressSync(readFileSync(join(__dirname, "built/parsers.wasm.br"))));
const { port, answered } = workerData;

function start() {
  const go = new globalThis.Go();
  // Not awaited: Go runs until it waits for questions, and then goes on waiting.
  void go.run(new WebAssembly.Instance(program, go.importObject));
}

start();
parentPort.postMessage("ready");
port.on("message", (question) => {
  let answer;
  try {
    answer = globalThis.answerOfParsers(question);
  } catch (error) {
    // Too deep for the stack, or out of memory: this instance is broken.
    answer = JSON.stringify({ failed: error instanceof RangeError ? "it is nested too deeply" : String(error) });
    start();
  }
  port.postMessage(answer);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
