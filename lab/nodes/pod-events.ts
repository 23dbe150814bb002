import { CoreV1Api } from "@kubernetes/client-node";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { reasonOf } from "../control-plane/reason";

const sameEventMs = 30_000;

/** Writes a kubelet's events. The same event of a pod is written at most every 30 s. */
export class PodEvents {
  private readonly core: CoreV1Api;
  private readonly lastWritten = new Map<string, number>();

  constructor(
    config: KubeConfig,
    private readonly nodeName: string,
    private readonly say: (line: string) => void,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  public write(pod: V1Pod, type: "Normal" | "Warning", reason: string, message: string): void {
    const { name = "", namespace = "", uid } = pod.metadata ?? {};
    const key = `${uid}/${reason}/${message}`;
    const now = new Date();
    if (now.getTime() - (this.lastWritten.get(key) ?? 0) < sameEventMs) {
      return;
    }
    this.lastWritten.set(key, now.getTime());
    const body = {
      metadata: { generateName: `${name}.`, namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
      type,
      reason,
      message,
      source: { component: "kubelet", host: this.nodeName },
      reportingComponent: "kubelet",
      reportingInstance: this.nodeName,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    this.core.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
      // An error is ignored if the namespace is being deleted and therefore accepts no events.
      if (!isForbidden(error)) {
        this.say(
          `${this.nodeName}: the event ${reason} of pod ${namespace}/${name} was not written: ${reasonOf(error)}`,
        );
      }
    });
  }
}

function isForbidden(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 403 || code === 404;
}
