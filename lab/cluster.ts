import * as path from "node:path";
import type { Aws, LabInstance } from "./aws/start";
import { installEfsCsiDriver, registerEfsCsiDriver } from "./control-plane/csi-driver";
import { startControlPlane } from "./control-plane/start";
import type { ControlPlane } from "./control-plane/start";
import type { LabNode } from "./cluster-nodes";
import type { Ending } from "./ending";
import { startLoadBalancers } from "./load-balancer/start";
import type { LoadBalancers } from "./load-balancer/start";
import { startNodes } from "./nodes/start";
import type { Nodes } from "./nodes/start";
import type { ProgramName, Programs } from "./programs/program";
import type { Say } from "./progress";
import type { StackConfig } from "./stack";

/** A running cluster. */
export interface Cluster {
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  readonly loadBalancers: LoadBalancers;
  /** The configuration that makes a stack use this cluster. */
  readonly config: StackConfig;
}

/** The programs that a cluster runs. */
export const clusterPrograms: readonly ProgramName[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "prometheus",
  "alertmanager",
  "node_exporter",
  "kube-state-metrics",
  "pushgateway",
];

/** The options of a cluster. */
export interface ClusterOptions {
  readonly directory: string;
  readonly nodes: readonly LabNode[];
  /** The AWS account with the cluster's machines, which may still be starting. */
  readonly machines: Promise<{
    readonly aws: Pick<Aws, "accessPointPath"> & Partial<Pick<Aws, "podCredentials">>;
    readonly instances: readonly LabInstance[];
  }>;
  readonly programs: Programs;
  readonly say: Say;
}

/** Starts a control plane, nodes and load balancers, and registers each with `ending`, which stops them. */
export async function startCluster(options: ClusterOptions, ending: Ending): Promise<Cluster> {
  const { directory, programs, say } = options;
  const starting = startControlPlane({ programs, directory: path.join(directory, "control-plane"), say });
  // This waits for both even if one of them fails, so that nothing is still starting when the lab is stopped.
  await Promise.allSettled([starting, options.machines]);
  const controlPlane = await starting;
  ending.add("the control plane", () => controlPlane.stop());
  const { aws, instances } = await options.machines;
  aws.podCredentials?.trust(controlPlane.serviceAccountKey);
  await installEfsCsiDriver(controlPlane);
  const nodes = await startNodes({
    controlPlane,
    nodes: options.nodes.map(({ hasProviderId, ...node }) => ({
      ...node,
      providerId: hasProviderId ? instances.find(({ name }) => name === node.name)?.providerId : undefined,
    })),
    programs,
    directory: path.join(directory, "nodes"),
    accessPointPath: aws.accessPointPath,
    podEnvironment: aws.podCredentials?.environment,
    say,
  });
  ending.add("the nodes", () => nodes.stop());
  await registerEfsCsiDriver(controlPlane, options.nodes);
  const loadBalancers = await startLoadBalancers({ controlPlane, nodes, say });
  ending.add("the load balancers", () => loadBalancers.stop());
  const named = (role: LabNode["role"]) => ({
    names: options.nodes.filter((node) => node.role === role).map(({ name }) => name),
  });
  return {
    controlPlane,
    nodes,
    loadBalancers,
    config: {
      "alerting:context": controlPlane.context,
      "alerting:nodes": { masters: named("master"), workers: named("worker") },
    },
  };
}
