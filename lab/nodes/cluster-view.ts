import { EventEmitter } from "node:events";
import { CoreV1Api, DiscoveryV1Api, makeInformer } from "@kubernetes/client-node";
import type {
  Informer,
  KubeConfig,
  KubernetesObject,
  ListPromise,
  ObjectCache,
  V1ConfigMap,
  V1EndpointSlice,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
  V1Service,
} from "@kubernetes/client-node";
import { reasonOf } from "../control-plane/reason";

const retryMs = 1_000;

/** An object that was added, changed or deleted. */
export interface Change {
  readonly kind: "pod" | "service" | "endpointslice" | "configmap" | "secret" | "claim" | "volume";
  readonly gone: boolean;
  readonly object: KubernetesObject;
}

/**
 * The cluster's objects that the nodes and the pod network need. Watches, which restart after an error, keep them
 * current. Emits `change` with a {@link Change}.
 */
export class ClusterView extends EventEmitter<{ change: [Change] }> {
  public readonly pods: ObjectCache<V1Pod>;
  public readonly services: ObjectCache<V1Service>;
  public readonly endpointSlices: ObjectCache<V1EndpointSlice>;
  public readonly configMaps: ObjectCache<V1ConfigMap>;
  public readonly secrets: ObjectCache<V1Secret>;
  public readonly claims: ObjectCache<V1PersistentVolumeClaim>;
  public readonly volumes: ObjectCache<V1PersistentVolume>;

  private readonly informers: Informer<KubernetesObject>[] = [];
  private readonly retries = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly config: KubeConfig,
    private readonly say: (line: string) => void,
  ) {
    super();
    this.setMaxListeners(0);
    const core = config.makeApiClient(CoreV1Api);
    const discovery = config.makeApiClient(DiscoveryV1Api);
    this.pods = this.keep("pod", "/api/v1/pods", () => core.listPodForAllNamespaces());
    this.services = this.keep("service", "/api/v1/services", () => core.listServiceForAllNamespaces());
    this.endpointSlices = this.keep("endpointslice", "/apis/discovery.k8s.io/v1/endpointslices", () =>
      discovery.listEndpointSliceForAllNamespaces(),
    );
    this.configMaps = this.keep("configmap", "/api/v1/configmaps", () => core.listConfigMapForAllNamespaces());
    this.secrets = this.keep("secret", "/api/v1/secrets", () => core.listSecretForAllNamespaces());
    this.claims = this.keep("claim", "/api/v1/persistentvolumeclaims", () =>
      core.listPersistentVolumeClaimForAllNamespaces(),
    );
    this.volumes = this.keep("volume", "/api/v1/persistentvolumes", () => core.listPersistentVolume());
  }

  /** Resolves when every kind has been listed once. */
  public async start(): Promise<void> {
    await Promise.all(this.informers.map((informer) => informer.start()));
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    this.retries.forEach((timer) => clearTimeout(timer));
    await Promise.all(this.informers.map((informer) => informer.stop()));
  }

  private keep<T extends KubernetesObject>(kind: Change["kind"], path: string, list: ListPromise<T>): ObjectCache<T> {
    const informer = makeInformer<T>(this.config, path, list);
    const emit = (object: T, gone: boolean) => this.emit("change", { kind, gone, object });
    informer.on("add", (object) => emit(object, false));
    informer.on("update", (object) => emit(object, false));
    informer.on("delete", (object) => emit(object, true));
    informer.on("error", (error: unknown) => this.startAgain(kind, informer, error));
    this.informers.push(informer);
    return informer;
  }

  private startAgain(kind: string, informer: Pick<Informer<KubernetesObject>, "start">, error: unknown): void {
    if (this.stopped) {
      return;
    }
    this.say(`nodes: the watch of each ${kind} ended (${reasonOf(error)}); it is restarted`);
    const timer = setTimeout(() => {
      this.retries.delete(timer);
      void informer.start();
    }, retryMs);
    this.retries.add(timer);
  }
}
