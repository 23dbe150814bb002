/** `timed.ts <step> <command> [arguments]` runs a command, records its cost, and exits with the command's exit code. */
import { spawnSync } from "node:child_process";
import { Meter, note } from "./costs";

const [step = "", command = "", ...args] = process.argv.slice(2);
const meter = new Meter();
const { status, error } = spawnSync(command, args, { stdio: "inherit" });
if (error !== undefined) throw error;
note({ step, ...meter.read(), cliRuns: {} });
process.exitCode = status ?? 1;
