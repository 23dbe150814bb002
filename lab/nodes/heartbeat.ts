import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import { ensure, keepLease } from "../control-plane/client";
import { reasonOf } from "../control-plane/reason";
import type { NodeSpec } from "./node-context";
import { nodeObject, nodeStatus } from "./node-object";

const lease = { namespace: "kube-node-lease", leaseDurationSeconds: 40, everyMs: 10_000 };

/** Registers the node, and renews its lease and its status while the node runs. */
export class Heartbeat {
  private readonly core: CoreV1Api;
  private timer: NodeJS.Timeout | undefined;
  private endLease: () => void = () => undefined;
  private readySince = new Date();

  constructor(
    private readonly config: KubeConfig,
    private readonly node: NodeSpec,
    private readonly podCIDR: string,
    private readonly say: (line: string) => void,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Resolves when the node is registered and ready. */
  public async start(): Promise<void> {
    this.readySince = new Date();
    await ensure(() => this.core.createNode({ body: nodeObject(this.node, this.podCIDR) }));
    await this.reportStatus();
    const { name } = this.node;
    this.endLease = await keepLease(this.config, { ...lease, name, holderIdentity: name }, this.say);
    this.timer = setInterval(() => {
      this.reportStatus().catch((error: unknown) => {
        this.say(`${name}: its status was not renewed: ${reasonOf(error)}`);
      });
    }, lease.everyMs);
  }

  public stop(): void {
    clearInterval(this.timer);
    this.endLease();
  }

  private async reportStatus(): Promise<void> {
    await this.core.patchNodeStatus(
      { name: this.node.name, body: { status: nodeStatus(this.node, new Date(), this.readySince) } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  }
}
