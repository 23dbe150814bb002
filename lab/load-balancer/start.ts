import { ApiException, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubernetesObject, V1Service } from "@kubernetes/client-node";
import { type Certificate, issueCertificate } from "../certificates";
import { clientConfig, keepLease } from "../control-plane/client";
import { reasonOf } from "../control-plane/reason";
import type { ControlPlane } from "../control-plane/start";
import type { Change } from "../nodes/cluster-view";
import type { Nodes } from "../nodes/start";
import type { LoopbackServer } from "../processes/loopback-server";
import { controllerFinalizers, takenBy } from "./controller";
import type { Taken } from "./controller";
import { startListener } from "./listener";

const region = "ap-northeast-2";
/** The names of the leases that AWS' two controllers hold. A lease shows that its controller runs. */
const leases = ["cloud-controller-manager", "aws-load-balancer-controller-leader"];
const lease = { namespace: "kube-system", holderIdentity: "lab", leaseDurationSeconds: 15, everyMs: 15_000 };
const retryMs = 1_000;

/** The running NLB simulation. */
export interface LoadBalancers {
  /** Returns `http(s)://127.0.0.1:<port>`, which stands for the first port of the load balancer with this host name. */
  urlOf(hostname: string): string | undefined;
  /** The CA (PEM) of the lab's certificate, which load balancers that terminate TLS use instead of the one in ACM. */
  readonly ca: string;
  stop(): Promise<void>;
}

interface Balancer {
  readonly taken: Taken;
  readonly listener: LoopbackServer;
}

/** Simulates an NLB for every Service that one of AWS' two controllers would handle. */
export async function startLoadBalancers(options: {
  controlPlane: Pick<ControlPlane, "labKubeconfigPath">;
  nodes: Pick<Nodes, "cluster" | "proxyUrl">;
  say: (line: string) => void;
}): Promise<LoadBalancers> {
  const { controlPlane, nodes, say } = options;
  const config = clientConfig(controlPlane.labKubeconfigPath);
  const certificate = await issueCertificate("load balancers of the lab", {
    names: [`*.elb.${region}.amazonaws.com`],
    addresses: ["127.0.0.1"],
  });
  const controller = new Controller(config.makeApiClient(CoreV1Api), nodes, certificate, say);
  controller.start();
  const endLeases = await Promise.all(leases.map((name) => keepLease(config, { ...lease, name }, say)));
  return {
    urlOf: (hostname) => controller.urlOf(hostname),
    ca: certificate.cert,
    stop: () => {
      endLeases.forEach((end) => end());
      return controller.stop();
    },
  };
}

class Controller {
  private readonly balancers = new Map<string, Balancer>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly onChange = ({ kind, object }: Change) => {
    if (kind === "service") this.enqueue(object);
  };
  private work: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly core: CoreV1Api,
    private readonly nodes: Pick<Nodes, "cluster" | "proxyUrl">,
    private readonly certificate: Certificate,
    private readonly say: (line: string) => void,
  ) {}

  public start(): void {
    const { cluster } = this.nodes;
    cluster.on("change", this.onChange);
    for (const service of cluster.services.list()) this.enqueue(service);
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    this.nodes.cluster.off("change", this.onChange);
    this.timers.forEach((timer) => clearTimeout(timer));
    await this.work;
    await Promise.all([...this.balancers.values()].map(({ listener }) => listener.stop()));
  }

  public urlOf(hostname: string): string | undefined {
    const found = [...this.balancers.values()].find(({ taken }) => taken.hostname === hostname);
    return found && `${found.taken.endsTls ? "https" : "http"}://127.0.0.1:${found.listener.port}`;
  }

  private enqueue(service: KubernetesObject): void {
    this.work = this.work.then(async () => {
      const { name, namespace, uid } = service.metadata ?? {};
      const newest = this.nodes.cluster.services.get(name ?? "", namespace);
      const gone = newest === undefined || newest.metadata?.uid !== uid;
      if (this.stopped || (gone && !this.balancers.has(uid ?? ""))) {
        return;
      }
      try {
        await this.reconcile(gone ? undefined : newest, uid ?? "");
      } catch (error) {
        // Conflicts are expected and not logged, because other clients also write to a Service that is being deleted.
        if (!isConflict(error)) {
          this.say(`Load balancer of ${namespace}/${name}: ${reasonOf(error)}; trying again`);
        }
        this.later(() => this.enqueue(service));
      }
    });
  }

  private async reconcile(service: V1Service | undefined, uid: string): Promise<void> {
    const taken = service && takenBy(service, region);
    if (service === undefined || taken === undefined || service.metadata?.deletionTimestamp !== undefined) {
      await this.release(service, uid);
      return;
    }
    if (!(service.metadata?.finalizers ?? []).includes(taken.finalizer)) {
      await this.setFinalizers(service, [...(service.metadata?.finalizers ?? []), taken.finalizer]);
    }
    const before = this.balancers.get(uid);
    if (before?.taken.endsTls !== taken.endsTls) {
      await before?.listener.stop();
      const certificate = taken.endsTls ? this.certificate : undefined;
      const { name = "", namespace } = service.metadata ?? {};
      // The target is read for each connection, because the Service may change while the load balancer exists.
      const target = () => this.target(this.nodes.cluster.services.get(name, namespace) ?? service);
      const listener = await startListener(this.nodes.proxyUrl, target, certificate);
      this.balancers.set(uid, { taken, listener });
      this.say(`Load balancer of ${nameOf(service)}: ${taken.scheme}, by ${taken.controller}, ${taken.hostname}`);
    }
    if (service.status?.loadBalancer?.ingress?.[0]?.hostname !== taken.hostname) {
      await this.setIngress(service, [{ hostname: taken.hostname }]);
    }
  }

  /** Deletes the load balancer, and then the finalizer that kept the Service, in the order of the real controllers. */
  private async release(service: V1Service | undefined, uid: string): Promise<void> {
    const balancer = this.balancers.get(uid);
    this.balancers.delete(uid);
    await balancer?.listener.stop();
    if (service === undefined) {
      return;
    }
    const deleting = service.metadata?.deletionTimestamp !== undefined;
    const hasAddress = (service.status?.loadBalancer?.ingress ?? []).length > 0;
    const left = hasAddress && !deleting ? await this.setIngress(service, []) : service;
    const before = left?.metadata?.finalizers ?? [];
    const after = before.filter((finalizer) => !controllerFinalizers.includes(finalizer));
    if (left !== undefined && after.length < before.length) {
      await this.setFinalizers(left, after);
    }
  }

  /** Replaces the list of finalizers as a whole. The write must fail if the Service has changed since it was read. */
  private async setFinalizers(service: V1Service, finalizers: string[]): Promise<void> {
    const resourceVersion = service.metadata?.resourceVersion;
    await this.patch(service, (name, namespace, options) =>
      this.core.patchNamespacedService(
        { name, namespace, body: { metadata: { finalizers, resourceVersion } } },
        options,
      ),
    );
  }

  private setIngress(service: V1Service, ingress: { hostname: string }[]): Promise<V1Service | undefined> {
    return this.patch(service, (name, namespace, options) =>
      this.core.patchNamespacedServiceStatus(
        { name, namespace, body: { status: { loadBalancer: { ingress } } } },
        options,
      ),
    );
  }

  /** Returns the patched Service, or `undefined` if it no longer exists. The event of its deletion handles that. */
  private async patch(
    service: V1Service,
    send: (name: string, namespace: string, options: ReturnType<typeof setHeaderOptions>) => Promise<V1Service>,
  ): Promise<V1Service | undefined> {
    const { name = "", namespace = "" } = service.metadata ?? {};
    try {
      return await send(name, namespace, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** The address of the first ready pod for the first port. A real NLB chooses a pod by its flow hash. */
  private target(service: V1Service): { address: string; port: number } | undefined {
    const portName = service.spec?.ports?.[0]?.name ?? "";
    const slices = this.nodes.cluster.endpointSlices
      .list(service.metadata?.namespace)
      .filter((slice) => slice.metadata?.labels?.["kubernetes.io/service-name"] === service.metadata?.name);
    for (const slice of slices) {
      const port = slice.ports?.find((candidate) => (candidate.name ?? "") === portName)?.port;
      const endpoint = slice.endpoints?.find((candidate) => candidate.conditions?.ready !== false);
      const address = endpoint?.addresses[0];
      if (port !== undefined && address !== undefined) {
        return { address, port };
      }
    }
    return undefined;
  }

  private later(work: () => void): void {
    if (this.stopped) {
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, retryMs);
    this.timers.add(timer);
  }
}

/** Whether a write failed because the Service has changed since it was read. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiException && error.code === 409;
}

function nameOf(service: V1Service): string {
  return `${service.metadata?.namespace}/${service.metadata?.name}`;
}
