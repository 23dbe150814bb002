/**
 * `beside-load.ts <load> <command> [arguments]` runs a command while `<load>` processes keep the machine busy, and
 * exits with the command's exit code. It can show that tests do not depend on a fast machine.
 */
import { spawn, spawnSync } from "node:child_process";
import { loadText } from "./load";

const [load = "", command = "", ...args] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(load) || command === "") throw new Error("Say the load and a command: 15 npm test");
const busy = Array.from({ length: Number(load) }, () =>
  // Each process ends by itself when this process has ended, even if this process was killed.
  spawn(
    "/bin/sh",
    ["-c", 'while kill -0 "$PPID" 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done'],
    {
      stdio: "ignore",
    },
  ),
);
const { status, error } = spawnSync(command, args, { stdio: "inherit" });
for (const child of busy) child.kill("SIGKILL");
if (error !== undefined) throw error;
console.log(`At the end ${loadText()}.`);
process.exitCode = status ?? 1;
