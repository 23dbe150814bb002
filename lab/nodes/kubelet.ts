import type { V1Pod } from "@kubernetes/client-node";
import type { Change } from "./cluster-view";
import type { NodeContext } from "./node-context";
import { PodWorker } from "./pod-worker";

/** Runs the pods that are bound to one node. */
export class Kubelet {
  private readonly workers = new Map<string, PodWorker>();
  private readonly onChange = (change: Change) => this.changed(change);
  private running = false;

  constructor(private readonly context: NodeContext) {}

  /** Starts every pod that is bound to the node, now or later. */
  public start(): void {
    if (!this.running) {
      this.running = true;
      this.context.cluster.on("change", this.onChange);
      this.context.cluster.pods.list().forEach((pod) => this.sync(pod));
    }
  }

  /** Kills every process without notifying the cluster, as if the machine lost power. */
  public async stop(graceMs: number): Promise<void> {
    this.running = false;
    this.context.cluster.off("change", this.onChange);
    const workers = [...this.workers.values()];
    this.workers.clear();
    await Promise.all(workers.map((worker) => worker.kill(graceMs)));
  }

  /** The pods of this node, with their real processes and their mounted claims. */
  public pods(): Pick<PodWorker, "pod" | "podIP" | "runs" | "claims" | "commandIn">[] {
    return [...this.workers.values()];
  }

  private changed({ kind, gone, object }: Change): void {
    const { name, namespace, uid } = object.metadata ?? {};
    if (kind === "pod") {
      if (gone) {
        void this.forget(uid ?? "");
      } else {
        this.sync(object);
      }
      return;
    }
    if (kind === "service" || kind === "endpointslice") {
      return;
    }
    for (const worker of this.workers.values()) {
      if (kind === "volume" || worker.pod.metadata?.namespace === namespace) {
        worker.sourceChanged(`${kind}/${name}`);
      }
    }
  }

  private sync(pod: V1Pod): void {
    const uid = pod.metadata?.uid ?? "";
    if (pod.spec?.nodeName !== this.context.node.name) {
      return;
    }
    let worker = this.workers.get(uid);
    const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    if (worker === undefined) {
      if (over && pod.metadata?.deletionTimestamp === undefined) {
        return;
      }
      worker = new PodWorker(pod, this.context);
      this.workers.set(uid, worker);
      if (pod.metadata?.deletionTimestamp === undefined) {
        worker.start();
      }
    }
    worker.seen(pod);
    if (pod.metadata?.deletionTimestamp !== undefined) {
      worker.terminate(pod.metadata.deletionGracePeriodSeconds ?? 30);
    }
  }

  private async forget(uid: string): Promise<void> {
    const worker = this.workers.get(uid);
    this.workers.delete(uid);
    await worker?.forget();
  }
}
