import * as path from "node:path";
import { type Cluster, startCluster } from "./cluster";
import { labNode } from "./cluster-nodes";
import { Ending } from "./ending";
import { labPrograms, type Lab } from "./lab";
import { findPrograms } from "./programs/find";
import type { Say } from "./progress";

/** Two nodes, in zones and address ranges that the lab's first cluster also uses. */
const secondNodes = [
  labNode("master", "10.0.1.20", "ap-northeast-2a", true),
  labNode("worker", "10.0.2.21", "ap-northeast-2b", true),
];

/**
 * Starts another cluster in the lab's AWS account, with another VPC, other machines and another control plane. The
 * contexts of both clusters have the same name, because kubeadm gives all clusters the same context name.
 */
export async function startSecondCluster(lab: Lab, say: Say): Promise<Cluster & { stop(): Promise<void> }> {
  const ending = new Ending(say);
  try {
    const programs = await findPrograms(labPrograms, say);
    const machines = lab.aws.addNetwork(secondNodes).then(({ instances }) => ({ aws: lab.aws, instances }));
    const directory = path.join(lab.directory, "second-cluster");
    const cluster = await startCluster({ directory, nodes: secondNodes, machines, programs, say }, ending);
    const config = { ...cluster.config, "alerting:kubeconfig": cluster.controlPlane.kubeconfigPath };
    return { ...cluster, config, stop: () => ending.end() };
  } catch (error) {
    await ending.end();
    throw error;
  }
}
