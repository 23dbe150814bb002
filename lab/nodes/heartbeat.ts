import { CoordinationV1Api, CoreV1Api, PatchStrategy, V1MicroTime, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import { reasonOf } from "../control-plane/reason";
import type { NodeSpec } from "./node-context";
import { nodeObject, nodeStatus } from "./node-object";

const LEASE_EVERY_MS = 10_000;
/** A kubelet looks at its status every 10 s; it reports it when the cluster has it otherwise, else every 5 minutes. */
const STATUS_EVERY_MS = 300_000;
const LEASE_SECONDS = 40;
const LEASE_NAMESPACE = "kube-node-lease";

/** Registers the node, and keeps its lease and its status fresh for as long as the node lives. */
export class Heartbeat {
  private readonly core: CoreV1Api;
  private readonly coordination: CoordinationV1Api;
  private timers: NodeJS.Timeout[] = [];
  private readySince = new Date();
  private reportedAt = 0;

  constructor(
    config: KubeConfig,
    private readonly node: NodeSpec,
    private readonly podCIDR: string,
    private readonly say: (line: string) => void,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
    this.coordination = config.makeApiClient(CoordinationV1Api);
  }

  /** Resolves when the node is registered and ready. */
  public async start(): Promise<void> {
    this.readySince = new Date();
    await createOrKeep(() => this.core.createNode({ body: nodeObject(this.node, this.podCIDR) }));
    await this.reportStatus();
    await this.renewLease();
    this.timers = [
      setInterval(() => void this.attempt("lease", () => this.renewLease()), LEASE_EVERY_MS),
      setInterval(() => void this.attempt("status", () => this.correctStatus()), LEASE_EVERY_MS),
    ];
  }

  public stop(): void {
    this.timers.forEach((timer) => clearInterval(timer));
    this.timers = [];
  }

  /** After a machine has slept, the cluster takes its nodes for lost until they say otherwise. */
  private async correctStatus(): Promise<void> {
    const seen = await this.core.readNode({ name: this.node.name });
    const ready = seen.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
    if (ready !== true || Date.now() - this.reportedAt > STATUS_EVERY_MS) {
      this.readySince = ready === true ? this.readySince : new Date();
      await this.reportStatus();
    }
  }

  private async reportStatus(): Promise<void> {
    this.reportedAt = Date.now();
    await this.core.patchNodeStatus(
      { name: this.node.name, body: { status: nodeStatus(this.node, new Date(), this.readySince) } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  }

  private async renewLease(): Promise<void> {
    const { name } = this.node;
    const spec = { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: new V1MicroTime() };
    const namespace = LEASE_NAMESPACE;
    await createOrKeep(() =>
      this.coordination.createNamespacedLease({ namespace, body: { metadata: { name, namespace }, spec } }),
    );
    await this.coordination.patchNamespacedLease(
      { name, namespace, body: { spec } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.timers.length > 0) {
        this.say(`${this.node.name}: its ${what} was not renewed: ${reasonOf(error)}`);
      }
    }
  }
}

async function createOrKeep(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 409) {
      throw error;
    }
  }
}
