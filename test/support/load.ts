import { availableParallelism, loadavg } from "node:os";

/** How busy the machine is, for whoever has to tell a slow machine from a fault: `the load is 15.2 on 2 processors`. */
export function loadText(): string {
  return `the load is ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`;
}
