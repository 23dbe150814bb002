import path from "node:path";
import type { Program, Programs } from "./programs/program";
import type { Part } from "./stand-ins/plugins";

/** The parts that the lab simulates. lab/README.md describes them. */
const simulated: readonly Part[] = [
  { name: "nodes", kind: "simulated", version: "lab", note: "they run the pods' real programs as processes" },
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

/** All parts of a run, in the form in which the run's report lists them. */
export function partsOf(options: { programs: Programs; plugins: readonly Part[]; chart: Part }): Part[] {
  const programs = Object.values(options.programs).map((program): Part => {
    const { name, version, origin } = program;
    if (name === "moto_server") return { name, kind: "emulated", version, note: `the AWS API; ${origin}` };
    return {
      name,
      kind: "real",
      version: isOlder(program) ? `${version} (built from an older commit)` : version,
      note: origin,
    };
  });
  return [...programs, ...options.plugins, options.chart, ...simulated];
}

/** Whether this is the Kubernetes plugin that the lab has built. lab/programs/README.md describes the differences. */
function isOlder({ name, path: file }: Program): boolean {
  return name === "pulumi-resource-kubernetes" && /-go-[^-]+$/.test(path.dirname(file));
}
