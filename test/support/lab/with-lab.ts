import { readAuditLog } from "../../../lab/control-plane/audit";
import { type LabNode, labNodes } from "../../../lab/cluster-nodes";
import { Ending, endWithProcess } from "../../../lab/ending";
import { startLab } from "../../../lab/lab";
import type { Lab } from "../../../lab/lab";
import { profileNamed } from "../../../lab/profiles";
import { makeRunDirectory } from "../../../lab/run-directory";

/** Prints the progress of the lab's parts if `LAB_SAY=1` is set. */
export const say = (line: string): void => {
  if (process.env.LAB_SAY !== undefined) {
    process.stderr.write(`    ${line}\n`);
  }
};

const starting = new Map<readonly LabNode[], Promise<Lab>>();

/**
 * Starts a lab with these nodes before the tests of this suite, or uses the running lab, because all suites of a process
 * with the same nodes share one.
 */
export function withLab(nodes: readonly LabNode[] = labNodes): () => Lab {
  let lab: Lab | undefined;
  before("start the lab", async function () {
    // The first run builds the lab's programs.
    this.timeout("30m");
    const started = starting.get(nodes) ?? start(nodes);
    starting.set(nodes, started);
    lab = await started;
  });
  return () => {
    if (lab === undefined) {
      throw new Error("The lab is there in tests and hooks only, not while suites are being described.");
    }
    return lab;
  };
}

async function start(nodes: readonly LabNode[]): Promise<Lab> {
  const ending = new Ending(say);
  endWithProcess(ending, say);
  return startLab({ directory: await makeRunDirectory(), profile: profileNamed("fast"), nodes, ending, say });
}

// Mocha's workers do not know which suite is their last one, so they do not stop the lab. Its processes end together
// with the worker (lab/processes/child.ts).
if (process.env.MOCHA_WORKER_ID === undefined) {
  after("stop the lab", async function () {
    for (const started of starting.values()) await (await started).stop();
  });
}

/** The changes that the program requested from the cluster since this moment, except dry runs. */
export function changesSince(lab: Lab, moment: Date): string[] {
  return readAuditLog(lab.controlPlane.auditLogFile, "admin")
    .filter((entry) => !entry.dryRun && entry.at >= moment.toISOString())
    .map((entry) => `${entry.verb} ${entry.requestUri}`);
}
