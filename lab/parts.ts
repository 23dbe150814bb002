import type { Programs } from "./programs/program";
import type { Part } from "./stand-ins/plugins";

/** Simulated by the lab itself; what each leaves out is in lab/README.md. */
const simulated: readonly Part[] = [
  { name: "nodes", kind: "simulated", version: "lab", note: "three; they run the pods' real programs as processes" },
  { name: "NLB", kind: "simulated", version: "lab", note: "a host name, and a port here that forwards to the pods" },
  { name: "Slack", kind: "simulated", version: "lab", note: "answers incoming webhooks as Slack does" },
  {
    name: "heartbeat",
    kind: "simulated",
    version: "lab",
    note: "a service that counts signs of life, and tells when one is overdue",
  },
  { name: "EFS mounts", kind: "simulated", version: "lab", note: "a directory stands for each access point" },
];

/** Everything a run is made of, as its report names it. */
export function partsOf(options: { programs: Programs; plugins: readonly Part[]; chart: Part }): Part[] {
  const programs = Object.values(options.programs).map(({ name, version, origin }): Part => ({
    name,
    kind: name === "moto_server" ? "emulated" : "real",
    version,
    note: name === "moto_server" ? `the AWS API; ${origin}` : origin,
  }));
  return [...programs, ...options.plugins, options.chart, ...simulated];
}
