import { availableParallelism, loadavg } from "node:os";

/** How busy the machine is, to distinguish a slow machine from a failure: `the load is 15.2 on 2 processors`. */
export function loadText(): string {
  return `the load is ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`;
}
