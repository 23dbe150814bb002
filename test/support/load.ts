import { availableParallelism, loadavg } from "node:os";

/** How busy the machine is, for example `the load is 15.2 on 2 processors`; it helps to recognize a slow machine. */
export function loadText(): string {
  return `the load is ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`;
}
