import { setTimeout as delay } from "node:timers/promises";
import { clientConfig } from "../control-plane/client";
import type { ControlPlane } from "../control-plane/start";
import type { Programs } from "../programs/find";
import { ClusterView } from "./cluster-view";
import { Gossip } from "./gossip";
import { startHttpProxy } from "./http-proxy";
import type { PodProgram } from "./known-programs";
import { LabNode } from "./node";
import type { NodeContext, NodeSpec } from "./node-context";
import { PodEvents } from "./pod-events";
import { PodNetwork } from "./pod-network";

export type { NodeSpec } from "./node-context";
export type { PodProgram } from "./known-programs";

const urlTimeoutMs = 60_000;

/** The running nodes. */
export interface Nodes {
  /** The nodes' view of the cluster. */
  readonly cluster: ClusterView;
  /** An HTTP proxy that reaches `http://<pod, node or Service of the cluster>:<port>`. */
  readonly proxyUrl: string;
  /**
   * Returns `http://127.0.0.1:<port>` of a running container, and waits for the container up to a minute. `app` is the
   * pod's label `app.kubernetes.io/name` or `app.kubernetes.io/component`, or the program's name. `pod` is the pod's
   * name.
   */
  urlOf(selector: { app: string; node?: string; pod?: string }): Promise<string>;
  /** The `Authorization` schemes that Prometheus has sent, by request (`POST http://<address>:<port>/<path>`). */
  authorizations(): ReadonlyMap<string, readonly string[]>;
  /** Ends a program on a node. The program stays stopped until `startProgram` is called. */
  stopProgram(o: { program: PodProgram; node: string }): Promise<void>;
  startProgram(o: { program: PodProgram; node: string }): Promise<void>;
  /** The id of the process that runs a pod's program; `undefined` while it does not run. */
  processOf(pod: string): number | undefined;
  /** Ends the programs of a pod by SIGKILL. They start again, as the pod's restart policy says. */
  killPod(pod: string): Promise<void>;
  /** Cuts an Alertmanager pod off from the gossip: its packets are lost, in both directions, until `mend` is called. */
  cutOff(pod: string): void;
  mend(pod: string): void;
  /** Simulates a power failure of a node: its processes and heartbeats end, and connections to it get no answer. */
  stopNode(name: string): Promise<void>;
  startNode(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The options of the nodes. */
export interface NodesOptions {
  readonly controlPlane: ControlPlane;
  readonly nodes: readonly NodeSpec[];
  readonly programs: Programs;
  /** A new directory for this run. Pods are under `pods/` in it, and persistent data is under `efs/`. */
  readonly directory: string;
  /** See `VolumeSources`. By default no access point exists, and each volume has its own directory. */
  readonly accessPointPath?: NodeContext["accessPointPath"];
  /** See `NodeContext`. By default there are none. */
  readonly podEnvironment?: NodeContext["podEnvironment"];
  readonly say: (line: string) => void;
}

/** Registers the nodes and runs the pods that are bound to them. Resolves when all nodes are ready. */
export async function startNodes(options: NodesOptions): Promise<Nodes> {
  const { controlPlane, say } = options;
  const config = clientConfig(controlPlane.labKubeconfigPath);
  const cluster = new ClusterView(config, say);
  const network = new PodNetwork(cluster);
  const runsOf = (pod: string) =>
    nodes.flatMap((node) => node.pods).find((worker) => worker.pod.metadata?.name === pod)?.runs ?? [];
  const processOf = (pod: string) => runsOf(pod).find((run) => run.process !== undefined)?.process?.pid;
  const gossip = new Gossip(cluster, network, processOf);
  const shared = { ...options, config, cluster, network, gossip };
  const nodes: LabNode[] = options.nodes.map((spec, index) => labNode(spec, index, shared));
  const { address, port } = controlPlane.advertised;
  network.addAddress(address, nodes.find((node) => node.spec.address === address)?.spec.name ?? "");
  network.open(address, port, Number(new URL(controlPlane.server).port));
  const proxy = await startHttpProxy((host, targetPort) => network.route(host, targetPort));
  const forApiServer = await startHttpProxy(
    (host, targetPort) => network.route(host, targetPort),
    controlPlane.podNetworkSocket,
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    gossip.stop();
    await cluster.stop();
    await proxy.stop();
    await forApiServer.stop();
  };
  try {
    await cluster.start();
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  say(`Nodes: ${nodes.map((node) => node.spec.name).join(", ")} are ready`);
  const named = (name: string) => nodeNamed(nodes, name);
  return {
    cluster,
    proxyUrl: proxy.url,
    urlOf: (selector) => urlOf(nodes, selector),
    authorizations: () => network.authorizations(),
    stopProgram: async ({ program, node }) => {
      if (!(await named(node).stopProgram(program))) {
        throw new Error(`${program} cannot be stopped on ${node}: it does not run there.`);
      }
    },
    startProgram: ({ program, node }) => named(node).startProgram(program),
    processOf,
    killPod: async (pod) => {
      if (processOf(pod) === undefined) throw new Error(`Pod ${pod} cannot be killed: none of its programs runs.`);
      await Promise.all(runsOf(pod).map((run) => run.interrupt(0)));
    },
    cutOff: (pod) => gossip.cutOff(pod),
    mend: (pod) => gossip.mend(pod),
    stopNode: (name) => named(name).fail(),
    startNode: (name) => named(name).start(),
    stop,
  };
}

function labNode(
  node: NodeSpec,
  index: number,
  shared: NodesOptions & Pick<NodeContext, "config" | "cluster" | "network" | "gossip">,
): LabNode {
  const held = new Set<PodProgram>();
  let next = 1;
  const newPodAddress = () => {
    const used = new Set(shared.cluster.pods.list().map((pod) => pod.status?.podIP));
    for (let tries = 0; tries < 253; tries++) {
      next = next >= 254 ? 2 : next + 1;
      const candidate = `10.244.${index}.${next}`;
      if (!used.has(candidate)) {
        return candidate;
      }
    }
    throw new Error(`${node.name} has no free pod address left in 10.244.${index}.0/24.`);
  };
  const events = new PodEvents(shared.config, node.name, shared.say);
  const { accessPointPath = () => Promise.resolve(undefined), podEnvironment = {} } = shared;
  const context = { ...shared, accessPointPath, podEnvironment, node, events, held, newPodAddress };
  return new LabNode(context, held, `10.244.${index}.0/24`);
}

function nodeNamed(nodes: readonly LabNode[], name: string): LabNode {
  const found = nodes.find((node) => node.spec.name === name);
  if (found === undefined) {
    throw new Error(`The lab has no node ${name}; it has ${nodes.map((node) => node.spec.name).join(", ")}.`);
  }
  return found;
}

async function urlOf(nodes: readonly LabNode[], selector: Parameters<Nodes["urlOf"]>[0]): Promise<string> {
  const among = selector.node === undefined ? nodes : [nodeNamed(nodes, selector.node)];
  const deadline = Date.now() + urlTimeoutMs;
  for (;;) {
    for (const { pod, runs } of among.flatMap((node) => node.pods)) {
      if (selector.pod !== undefined && pod.metadata?.name !== selector.pod) continue;
      const labels = pod.metadata?.labels ?? {};
      const names = [labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]];
      const run = runs.find((candidate) => names.includes(selector.app) || candidate.program === selector.app);
      if (run?.mainPort !== undefined) {
        return `http://127.0.0.1:${run.mainPort}`;
      }
    }
    if (Date.now() > deadline) {
      const where = [selector.pod ?? "any pod", selector.node ?? "any node"].join(" on ");
      throw new Error(`No container of ${selector.app} runs in ${where} after ${urlTimeoutMs / 1000} s.`);
    }
    await delay(100);
  }
}
