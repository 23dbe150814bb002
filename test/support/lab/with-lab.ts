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

/** The running lab of this process. There is only one at a time, because an idle lab takes processor time too. */
let running: { readonly nodes: readonly LabNode[]; readonly lab: Promise<Lab> } | undefined;

/**
 * Starts a lab with these nodes before the tests of this suite, or uses the running lab if it has the same nodes. A
 * running lab with other nodes is stopped first.
 */
export function withLab(nodes: readonly LabNode[] = labNodes): () => Lab {
  let lab: Lab | undefined;
  before("start the lab", async function () {
    // The first run builds the lab's programs.
    this.timeout("30m");
    if (running?.nodes !== nodes) {
      await (await running?.lab)?.stop();
      running = { nodes, lab: start(nodes) };
    }
    lab = await running.lab;
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
    await (await running?.lab)?.stop();
  });
}

/** The changes that the program requested from the cluster since this moment, except dry runs. */
export function changesSince(lab: Lab, moment: Date): string[] {
  return readAuditLog(lab.controlPlane.auditLogFile, "admin")
    .filter((entry) => !entry.dryRun && entry.at >= moment.toISOString())
    .map((entry) => `${entry.verb} ${entry.requestUri}`);
}
