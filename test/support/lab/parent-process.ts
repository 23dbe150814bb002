/** A minimal lab that processes.spec.ts kills: it starts one process, prints the process id, and waits. */
import { startChild } from "../../../lab/processes/child";

const child = startChild({
  name: "the child",
  command: "sleep",
  args: ["60"],
  logFile: process.env.CHILD_LOG ?? "",
});
process.stdout.write(`${child.pid}\n`);
