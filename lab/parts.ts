import type { Origin, ProgramName, Programs } from "./programs/program";
import type { Part } from "./stand-ins/plugins";

/** The parts that the lab simulates. lab/README.md describes them. */
const simulated: readonly Part[] = [
  { name: "nodes", kind: "simulated", version: "lab", note: "three; they run the pods' real programs as processes" },
  { name: "NLB", kind: "simulated", version: "lab", note: "a host name, and a port here that forwards to the pods" },
  { name: "Slack", kind: "simulated", version: "lab", note: "answers incoming webhooks as Slack does" },
  {
    name: "heartbeat",
    kind: "simulated",
    version: "lab",
    note: "a service that counts heartbeats, and reports an overdue one",
  },
  { name: "EFS mounts", kind: "simulated", version: "lab", note: "a directory stands for each access point" },
];

/** Notes on programs that are not exactly what their version says. */
const notes: Partial<Record<ProgramName, (origin: Origin) => string>> = {
  moto_server: (origin) => `the AWS API; ${origin}`,
  "pulumi-resource-kubernetes": (origin) =>
    origin === "built" || origin === "cache" ? `${origin}, from an older commit: lab/programs/README.md` : origin,
};

/** All parts of a run, in the form in which the run's report lists them. */
export function partsOf(options: { programs: Programs; plugins: readonly Part[]; chart: Part }): Part[] {
  const programs = Object.values(options.programs).map(({ name, version, origin }): Part => ({
    name,
    kind: name === "moto_server" ? "emulated" : "real",
    version,
    note: notes[name]?.(origin) ?? origin,
  }));
  return [...programs, ...options.plugins, options.chart, ...simulated];
}
