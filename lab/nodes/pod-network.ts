import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import type { ClusterView } from "./cluster-view";

/** The parts of a request that the proxy can see. It can see no part of a request that is sent over TLS. */
export interface SeenRequest {
  /** The method and the URL without its query, for example `POST http://10.244.1.2:9093/api/v2/alerts`. */
  readonly request: string;
  /** The scheme of the `Authorization` header in lower case, never the credentials; `none` if there is no header. */
  readonly authorization: string;
}

/** What happens to a connection: it goes to a port of 127.0.0.1, is refused, gets no answer, or cannot be routed. */
export type Route =
  | { readonly kind: "open"; readonly port: number }
  | { readonly kind: "refused" }
  | { readonly kind: "swallowed" }
  | { readonly kind: "unknown"; readonly reason: string };

/** The pod that opens a connection. It determines what `localhost` and short names of Services mean. */
export interface Caller {
  readonly address: string;
  readonly namespace: string;
}

type Lookup = Pick<ClusterView, "services" | "endpointSlices">;

/** Maps addresses and ports of the cluster to ports of this machine. */
export class PodNetwork {
  private readonly addresses = new Map<string, { node: string; ports: Map<number, number> }>();
  private readonly swallowed = new Set<string>();
  private readonly sent = new Map<string, Set<string>>();
  private turn = 0;

  constructor(private readonly cluster: Lookup) {}

  /** Adds an address. It refuses connections until ports are opened. */
  public addAddress(address: string, node: string): void {
    if (!this.addresses.has(address)) {
      this.addresses.set(address, { node, ports: new Map() });
    }
  }

  public removeAddress(address: string): void {
    this.addresses.delete(address);
  }

  public open(address: string, port: number, localPort: number): void {
    this.addresses.get(address)?.ports.set(port, localPort);
  }

  public close(address: string, port: number): void {
    this.addresses.get(address)?.ports.delete(port);
  }

  /** Makes a node swallow connections, or stop doing so. Swallowed connections are neither answered nor refused. */
  public swallow(node: string, on: boolean): void {
    if (on) {
      this.swallowed.add(node);
    } else {
      this.swallowed.delete(node);
    }
  }

  /** Records a request that a pod has sent. */
  public note({ request, authorization }: SeenRequest): void {
    this.sent.set(request, (this.sent.get(request) ?? new Set()).add(authorization));
  }

  /** The `Authorization` schemes that pods have sent, by request. Requests over TLS are not included. */
  public authorizations(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.sent].map(([request, kinds]) => [request, [...kinds]]));
  }

  /** The route of a connection that this caller opens to this host and port. */
  public route(host: string, port: number, caller?: Caller): Route {
    const name = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
    if (caller !== undefined && ["localhost", "127.0.0.1", "::1"].includes(name)) {
      return this.routeToAddress(caller.address, port);
    }
    if (this.addresses.has(name)) {
      return this.routeToAddress(name, port);
    }
    const service = this.serviceOf(name, caller);
    if (service === undefined) {
      return { kind: "unknown", reason: `The pod network knows no pod, node or Service ${host}.` };
    }
    return this.routeToService(service.service, port, service.hostname);
  }

  private routeToAddress(address: string, port: number): Route {
    const known = this.addresses.get(address);
    if (known === undefined) {
      return { kind: "unknown", reason: `The pod network knows no address ${address}.` };
    }
    if (this.swallowed.has(known.node)) {
      return { kind: "swallowed" };
    }
    const local = known.ports.get(port);
    return local === undefined ? { kind: "refused" } : { kind: "open", port: local };
  }

  private routeToService(service: V1Service, port: number, hostname: string | undefined): Route {
    const headless = service.spec?.clusterIP === "None";
    const servicePort = service.spec?.ports?.find((candidate) => candidate.port === port);
    if (servicePort === undefined && !headless) {
      return { kind: "refused" };
    }
    const targets = this.slicesOf(service).flatMap((slice) => {
      const target = headless ? port : slice.ports?.find((p) => (p.name ?? "") === (servicePort?.name ?? ""))?.port;
      return target === undefined ? [] : readyAddresses(slice, hostname).map((address) => ({ address, target }));
    });
    const target = targets[this.turn++ % Math.max(targets.length, 1)];
    return target === undefined ? { kind: "refused" } : this.routeToAddress(target.address, target.target);
  }

  private serviceOf(name: string, caller: Caller | undefined): { service: V1Service; hostname?: string } | undefined {
    const byAddress = this.cluster.services.list().find((service) => service.spec?.clusterIP === name);
    if (byAddress !== undefined) {
      return { service: byAddress };
    }
    const parts = name.replace(/\.svc(\.cluster\.local)?$/, "").split(".");
    const [first = "", second = caller?.namespace ?? "", third] = parts;
    const service = third === undefined ? this.cluster.services.get(first, second) : undefined;
    if (service !== undefined) {
      return { service };
    }
    const governing = this.cluster.services.get(second, third ?? caller?.namespace ?? "");
    return governing === undefined || parts.length < 2 ? undefined : { service: governing, hostname: first };
  }

  private slicesOf(service: V1Service): V1EndpointSlice[] {
    const name = service.metadata?.name;
    return this.cluster.endpointSlices
      .list(service.metadata?.namespace)
      .filter((slice) => slice.metadata?.labels?.["kubernetes.io/service-name"] === name);
  }
}

function readyAddresses(slice: V1EndpointSlice, hostname: string | undefined): string[] {
  return (slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .filter((endpoint) => hostname === undefined || endpoint.hostname === hostname)
    .flatMap((endpoint) => endpoint.addresses.slice(0, 1));
}
