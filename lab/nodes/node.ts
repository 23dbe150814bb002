import { readFileSync } from "node:fs";
import type { LoopbackServer } from "../processes/loopback-server";
import type { LocalCommand, WantedCommand } from "./exec";
import { Heartbeat } from "./heartbeat";
import { Kubelet } from "./kubelet";
import { KubeletAccess } from "./kubelet-access";
import { startKubeletEndpoint } from "./kubelet-endpoint";
import type { PodProgram } from "./known-programs";
import type { NodeContext, NodeSpec } from "./node-context";
import { kubeletPort } from "./node-object";
import type { Route } from "./pod-network";

/** One simulated node: its registration and heartbeats, its kubelet, and the kubelet's endpoint. */
export class LabNode {
  private readonly heartbeat: Heartbeat;
  private readonly kubelet: Kubelet;
  private endpoint: LoopbackServer | undefined;

  constructor(
    private readonly context: NodeContext,
    private readonly held: Set<PodProgram>,
    podCIDR: string,
  ) {
    this.heartbeat = new Heartbeat(context.config, context.node, podCIDR, context.say);
    this.kubelet = new Kubelet(context);
    context.network.addAddress(context.node.address, context.node.name);
  }

  public get spec(): NodeSpec {
    return this.context.node;
  }

  public get pods() {
    return this.kubelet.pods();
  }

  /** Resolves when the node is registered and ready. */
  public async start(): Promise<void> {
    const { config, controlPlane, network, node } = this.context;
    this.endpoint ??= await startKubeletEndpoint(node, this.kubelet, new KubeletAccess(config, node.name), {
      clientAuthority: readFileSync(controlPlane.caFile, "utf8"),
      findPort: (namespace, pod, port) => this.portOf(namespace, pod, port),
      findCommand: (wanted) => this.commandFor(wanted),
    });
    network.open(node.address, kubeletPort, this.endpoint.port);
    network.swallow(node.name, false);
    await this.heartbeat.start();
    this.kubelet.start();
  }

  /** Simulates a power failure: all processes of the node end at once, and its addresses stop answering. */
  public async fail(): Promise<void> {
    this.context.network.swallow(this.context.node.name, true);
    this.heartbeat.stop();
    // Open connections are closed too, because nothing on the node may answer any more.
    await this.stopEndpoint();
    await this.kubelet.stop(0);
  }

  /** Stops the node at the end of the lab. */
  public async stop(): Promise<void> {
    this.heartbeat.stop();
    await this.kubelet.stop(5_000);
    await this.stopEndpoint();
  }

  /**
   * Ends the program in each pod of the node, and keeps it stopped. Returns false if the program did not run on this
   * node.
   */
  public async stopProgram(program: PodProgram): Promise<boolean> {
    const runs = this.runsOf(program).filter((run) => run.process !== undefined);
    if (runs.length === 0) {
      return false;
    }
    this.held.add(program);
    await Promise.all(runs.map((run) => run.interrupt(5_000)));
    return true;
  }

  public async startProgram(program: PodProgram): Promise<void> {
    this.held.delete(program);
    await Promise.all(this.runsOf(program).map((run) => run.start()));
  }

  private portOf(namespace: string, name: string, port: number): Route | string {
    const found = this.podNamed(namespace, name);
    return typeof found === "string" ? found : this.context.network.route(found.podIP, port);
  }

  private async commandFor(wanted: WantedCommand): Promise<LocalCommand | string> {
    const found = this.podNamed(wanted.namespace, wanted.pod);
    return typeof found === "string" ? found : found.commandIn(wanted.container, wanted.command);
  }

  private podNamed(namespace: string, name: string) {
    const found = this.pods.find(
      ({ pod: { metadata } }) => metadata?.namespace === namespace && metadata.name === name,
    );
    return found ?? `no pod ${namespace}/${name} runs on ${this.context.node.name}`;
  }

  private async stopEndpoint(): Promise<void> {
    await this.endpoint?.stop();
    this.endpoint = undefined;
  }

  private runsOf(program: PodProgram) {
    return this.kubelet.pods().flatMap(({ runs }) => runs.filter((run) => run.program === program));
  }
}
