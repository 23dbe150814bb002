import type { KubeConfig } from "@kubernetes/client-node";
import type { ControlPlane } from "../control-plane/start";
import type { Programs } from "../programs/find";
import type { ClusterView } from "./cluster-view";
import type { PodProgram } from "./known-programs";
import type { PodEvents } from "./pod-events";
import type { PodNetwork } from "./pod-network";
import type { VolumeSources } from "./pod-volumes";

/** A node of the lab's cluster. */
export interface NodeSpec {
  /** As EC2 names it: the private DNS name. */
  readonly name: string;
  readonly role: "master" | "worker";
  readonly address: string;
  readonly zone: string;
  /** `aws:///<zone>/<instance id>`; left out for a node that is known to EC2 by its name only. */
  readonly providerId?: string;
}

/** What the parts of a node share. */
export interface NodeContext {
  readonly node: NodeSpec;
  readonly config: KubeConfig;
  readonly cluster: ClusterView;
  readonly network: PodNetwork;
  readonly events: PodEvents;
  readonly controlPlane: Pick<ControlPlane, "server" | "caFile">;
  readonly programs: Programs;
  /** Everything of this run's nodes is below it. */
  readonly directory: string;
  readonly accessPointPath: VolumeSources["accessPointPath"];
  /** What the lab keeps stopped on this node. */
  readonly held: ReadonlySet<PodProgram>;
  /** An address of the node's part of the pod network that no pod has. */
  newPodAddress(): string;
  readonly say: (line: string) => void;
}
