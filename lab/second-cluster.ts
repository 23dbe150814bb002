import * as path from "node:path";
import { installEfsCsiDriver } from "./control-plane/csi-driver";
import { startControlPlane } from "./control-plane/start";
import type { ControlPlane } from "./control-plane/start";
import { Ending } from "./ending";
import type { Lab } from "./lab";
import { LAB_PROGRAMS } from "./lab";
import { startLoadBalancers } from "./load-balancer/start";
import type { LoadBalancers } from "./load-balancer/start";
import { startNodes } from "./nodes/start";
import { findPrograms } from "./programs/find";
import type { Say } from "./progress";
import type { StackConfig } from "./stack";

/** Another cluster in the lab's AWS account: a VPC, machines and a control plane of its own. */
export interface SecondCluster {
  readonly controlPlane: ControlPlane;
  readonly loadBalancers: LoadBalancers;
  /** What differs from the lab's own configuration, so that a stack goes to this cluster. */
  readonly config: StackConfig;
  stop(): Promise<void>;
}

/** Two nodes, in zones and address ranges that the lab's own cluster has as well. */
const NODES = [
  {
    name: "ip-10-0-1-20.ap-northeast-2.compute.internal",
    role: "master",
    address: "10.0.1.20",
    zone: "ap-northeast-2a",
  },
  {
    name: "ip-10-0-2-21.ap-northeast-2.compute.internal",
    role: "worker",
    address: "10.0.2.21",
    zone: "ap-northeast-2b",
  },
] as const;

/** Starts it beside the lab's own. Its context is called as the lab's is, as kubeadm's are all called alike. */
export async function startSecondCluster(lab: Lab, say: Say): Promise<SecondCluster> {
  const ending = new Ending(say);
  const directory = path.join(lab.directory, "second-cluster");
  try {
    const programs = await findPrograms(LAB_PROGRAMS, say);
    const controlPlane = await startControlPlane({ programs, directory: path.join(directory, "control-plane"), say });
    ending.add("the second control plane", () => controlPlane.stop());
    const { instances } = await lab.aws.addNetwork(NODES);
    await installEfsCsiDriver(controlPlane);
    const nodes = await startNodes({
      controlPlane,
      nodes: NODES.map((node, index) => ({ ...node, providerId: instances[index]?.providerId })),
      programs,
      directory: path.join(directory, "nodes"),
      accessPointPath: lab.aws.accessPointPath,
      say,
    });
    ending.add("its nodes", () => nodes.stop());
    const loadBalancers = await startLoadBalancers({ controlPlane, proxyUrl: nodes.proxyUrl, say });
    ending.add("its load balancers", () => loadBalancers.stop());
    const names = (role: "master" | "worker") => NODES.filter((node) => node.role === role).map(({ name }) => name);
    return {
      controlPlane,
      loadBalancers,
      config: {
        "alerting:context": controlPlane.context,
        "alerting:kubeconfig": controlPlane.kubeconfigPath,
        "alerting:nodes": { masters: { names: names("master") }, workers: { names: names("worker") } },
      },
      stop: () => ending.end(),
    };
  } catch (error) {
    await ending.end();
    throw error;
  }
}
