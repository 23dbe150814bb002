/** A lab in little, for processes.spec.ts to kill: starts one process, prints its number, and waits. */
import { startChild } from "../../../lab/processes/child";

const child = startChild({
  name: "the child",
  command: "sleep",
  args: ["60"],
  logFile: process.env.CHILD_LOG ?? "",
});
process.stdout.write(`${child.pid}\n`);
