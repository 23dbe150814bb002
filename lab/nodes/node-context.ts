import type { KubeConfig } from "@kubernetes/client-node";
import type { ControlPlane } from "../control-plane/start";
import type { Programs } from "../programs/find";
import type { ClusterView } from "./cluster-view";
import type { Gossip } from "./gossip";
import type { PodProgram } from "./known-programs";
import type { PodEvents } from "./pod-events";
import type { PodNetwork } from "./pod-network";
import type { VolumeSources } from "./pod-volumes";

/** A node of the lab's cluster. */
export interface NodeSpec {
  /** The name that EC2 gives the node: its private DNS name. */
  readonly name: string;
  readonly role: "master" | "worker";
  readonly address: string;
  readonly zone: string;
  /** `aws:///<zone>/<instance id>`; `undefined` for a node that can be found in EC2 only by its name. */
  readonly providerId?: string;
}

/** The data and functions that all parts of a node use. */
export interface NodeContext {
  readonly node: NodeSpec;
  readonly config: KubeConfig;
  readonly cluster: ClusterView;
  readonly network: PodNetwork;
  readonly gossip: Gossip;
  readonly events: PodEvents;
  readonly controlPlane: Pick<ControlPlane, "server" | "caFile">;
  readonly programs: Programs;
  /** The directory of all files of this run's nodes. */
  readonly directory: string;
  readonly accessPointPath: VolumeSources["accessPointPath"];
  /** Variables that every pod's programs get in addition to their own. */
  readonly podEnvironment: Readonly<Record<string, string>>;
  /** The programs that the lab keeps stopped on this node. */
  readonly held: ReadonlySet<PodProgram>;
  /** Returns an unused address in the node's range of the pod network. */
  newPodAddress(): string;
  readonly say: (line: string) => void;
}
