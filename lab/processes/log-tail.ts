import * as fs from "node:fs";

const MAX_BYTES = 16_384;

/** The last lines of a log, indented under a line that names the file; for the end of an error message. */
export function tailOf(logFile: string, lines = 15): string {
  let text: string;
  try {
    text = lastBytes(logFile);
  } catch (error) {
    return `Its log ${logFile} cannot be read: ${(error as Error).message}`;
  }
  const last = text.trimEnd().split("\n").slice(-lines);
  if (last.join("") === "") {
    return `Its log ${logFile} is empty.`;
  }
  return [`The end of its log ${logFile}:`, ...last.map((line) => `    ${line}`)].join("\n");
}

function lastBytes(file: string): string {
  const handle = fs.openSync(file, "r");
  try {
    const size = fs.fstatSync(handle).size;
    const buffer = Buffer.alloc(Math.min(size, MAX_BYTES));
    fs.readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } finally {
    fs.closeSync(handle);
  }
}
