import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { reasonOf } from "../control-plane/reason";

const retryMs = 500;

/** Writes one pod's status. It always writes the newest status, one request at a time, and retries after a failure. */
export class StatusWriter {
  private readonly core: CoreV1Api;
  private wanted = false;
  private writing: Promise<void> | undefined;
  private closed = false;
  private lastWritten = "";

  constructor(
    config: KubeConfig,
    private readonly pod: V1Pod,
    private readonly status: () => V1PodStatus,
    private readonly say: (line: string) => void,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Requests that the status is written soon, if it has changed. */
  public write(): void {
    this.wanted = true;
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
  }

  /** Requests that the status is written even if it has not changed, because another client has overwritten it. */
  public writeAgain(): void {
    this.lastWritten = "";
    this.write();
  }

  /** Resolves when all requested writes are done. */
  public async flush(): Promise<void> {
    await this.writing;
  }

  /** Stops all further writes. */
  public close(): void {
    this.closed = true;
  }

  private async writeAll(): Promise<void> {
    // After this delay, changes that came at almost the same time are written together.
    await delay(10);
    while (this.wanted && !this.closed) {
      this.wanted = false;
      const status = this.status();
      const text = JSON.stringify(status);
      if (text === this.lastWritten) {
        continue;
      }
      try {
        await this.patch(status);
        this.lastWritten = text;
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  private async patch(status: V1PodStatus): Promise<void> {
    const { name = "", namespace = "", uid } = this.pod.metadata ?? {};
    await this.core.patchNamespacedPodStatus(
      { name, namespace, body: { metadata: { uid }, status } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  }

  private async failed(error: unknown): Promise<void> {
    const code = (error as { code?: unknown }).code;
    if (code === 404 || code === 409) {
      // The pod was deleted, or another pod now has its name, so there is nothing more to write.
      this.closed = true;
      return;
    }
    if (!this.closed) {
      const { name, namespace } = this.pod.metadata ?? {};
      this.say(`nodes: the status of pod ${namespace}/${name} was not written (${reasonOf(error)}); trying again`);
      this.wanted = true;
      await delay(retryMs);
    }
  }
}
