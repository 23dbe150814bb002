import type { EventEmitter } from "node:events";
import type { V1Pod } from "@kubernetes/client-node";
import { holdsConnection } from "../processes/connection-owner";
import { flagValue, portOf, withFlag } from "./arguments";
import type { Change, ClusterView } from "./cluster-view";
import { type GossipRelay, type Sender, startGossipRelay } from "./gossip-relay";
import type { PodNetwork, Route } from "./pod-network";

const advertiseFlag = "--cluster.advertise-address";
const peerFlag = "--cluster.peer";

/**
 * The gossip between Alertmanagers. Each pod has a relay, whose address stands for the pod's address and so stays the
 * same when the pod's program starts again. A new pod of the same name has a new relay, as it has a new address.
 */
export class Gossip {
  private readonly relays = new Map<string, Promise<GossipRelay>>();
  /** The way to each pod's program, by the pod's name. */
  private readonly routes = new Map<string, () => Route>();
  /** The names of the pods that are cut off. */
  private readonly cut = new Set<string>();
  private readonly onChange = ({ kind, gone, object }: Change) => {
    if (kind === "pod" && gone) this.forget(object.metadata?.uid ?? "");
  };

  constructor(
    private readonly cluster: Pick<ClusterView, "pods"> & EventEmitter<{ change: [Change] }>,
    private readonly network: Pick<PodNetwork, "route">,
    /** The id of the process that runs the pod's program; `undefined` while it does not run. */
    private readonly processOf: (pod: string) => number | undefined,
  ) {
    cluster.on("change", this.onChange);
  }

  /**
   * The arguments, in which the address that the program advertises and those of its peers are relays. As with DNS, a
   * peer is left out if there is no such pod yet: that pod will find this one.
   */
  public async rewrite(pod: V1Pod, args: readonly string[]): Promise<string[]> {
    const advertised = flagValue(args, advertiseFlag);
    if (advertised === undefined) return [...args];
    const namespace = pod.metadata?.namespace ?? "";
    const own = await this.relay(pod, portOf(advertised));
    const rewritten: string[] = [];
    for (const arg of args) {
      const [, peer] = arg.split(`${peerFlag}=`);
      const found = peer === undefined ? undefined : this.cluster.pods.get(peer.split(/[.:]/, 1)[0]!, namespace);
      if (peer === undefined) rewritten.push(arg);
      else if (found !== undefined) rewritten.push(`${peerFlag}=${addressOf(await this.relay(found, portOf(peer)))}`);
    }
    return withFlag(rewritten, advertiseFlag, addressOf(own));
  }

  /** Loses everything that a pod's gossip sends and receives, until `mend` is called. */
  public cutOff(pod: string): void {
    this.cut.add(pod);
    this.endConnections();
  }

  public mend(pod: string): void {
    this.cut.delete(pod);
    this.endConnections();
  }

  public stop(): void {
    this.cluster.off("change", this.onChange);
    [...this.relays.keys()].forEach((uid) => this.forget(uid));
  }

  private relay(pod: V1Pod, port = 9094): Promise<GossipRelay> {
    const { uid = "", name = "", namespace } = pod.metadata ?? {};
    // The address is read each time, because a pod that was just bound to a node has none yet.
    const route = () => this.network.route(this.cluster.pods.get(name, namespace)?.status?.podIP ?? "", port);
    this.routes.set(name, route);
    const relay = this.relays.get(uid) ?? startGossipRelay(route, (sender) => this.passes(sender, name));
    this.relays.set(uid, relay);
    return relay;
  }

  private passes(sender: Sender, receiver: string): boolean {
    return !this.cut.has(receiver) && ![...this.cut].some((pod) => this.isFrom(pod, sender));
  }

  private isFrom(name: string, { protocol, from, to }: Sender): boolean {
    if (protocol === "tcp") {
      const pid = this.processOf(name);
      return pid !== undefined && holdsConnection(pid, from, to);
    }
    // The program sends packets from the port on which it listens.
    const route = this.routes.get(name)?.();
    return route?.kind === "open" && route.port === from;
  }

  private endConnections(): void {
    this.relays.forEach((relay) => void relay.then(({ endConnections }) => endConnections()));
  }

  private forget(uid: string): void {
    void this.relays.get(uid)?.then(({ stop }) => stop());
    this.relays.delete(uid);
  }
}

function addressOf({ port }: GossipRelay): string {
  return `127.0.0.1:${port}`;
}
