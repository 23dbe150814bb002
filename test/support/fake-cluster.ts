import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { portForwarder } from "../../lab/nodes/port-forward";
import { master, workerB, workerC } from "./settings";

/** The answer for a path: a body (with status 200), another status, or `"hang"` for no answer at all. */
type Answer = object | { readonly status: number; readonly message: string } | "hang";

const node = (name: string, more: object = {}) => ({ metadata: { name, labels: {} }, ...more });
const list = (items: object[]) => ({ items });
export const notFound = { status: 404, message: "not found" };

/** The answers of a cluster that is ready for an alerting stack. Tests change single answers. */
export function readyCluster(): Record<string, Answer> {
  return {
    "GET /version": { major: "1", minor: "36", gitVersion: "v1.36.2" },
    "POST /apis/authentication.k8s.io/v1/selfsubjectreviews": { status: { userInfo: { username: "somebody" } } },
    "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": { status: { allowed: true } },
    "GET /api/v1/nodes": list([
      node(master, { spec: { providerID: "aws:///ap-northeast-2a/i-0aaaaaaaaaaaaaaaa" } }),
      node(workerB),
      node(workerC),
    ]),
    "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com": { metadata: { name: "efs.csi.aws.com" } },
    "GET /apis/storage.k8s.io/v1/storageclasses": list([{ metadata: { name: "gp2" } }, { metadata: { name: "io2" } }]),
    "GET /apis/scheduling.k8s.io/v1/priorityclasses": list([{ metadata: { name: "system-cluster-critical" } }]),
    "GET /api/v1/namespaces?labelSelector=alerting-owner": list([]),
    "GET /api/v1/namespaces/monitoring": notFound,
    "GET /api/v1/namespaces/monitoring-nodes": notFound,
    "POST /api/v1/namespaces?dryRun=All": { status: 422, message: "must be one of privileged, baseline, restricted" },
    "GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes": {
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.0.1.10"] }],
      ports: [{ name: "https", port: 6443, protocol: "TCP" }],
    },
    "GET /apis/apps/v1/daemonsets": list([]),
    "GET /api/v1/namespaces/monitoring/persistentvolumeclaims": list([]),
    "GET /apis/apps/v1/namespaces/monitoring/statefulsets/prometheus-alertmanager": notFound,
    "GET /apis/apps/v1/namespaces/monitoring/statefulsets/prometheus-server": notFound,
    "GET /api/v1/namespaces/monitoring/pods?labelSelector=app.kubernetes.io/instance=prometheus": list([]),
    "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/prometheus-server": notFound,
    "GET /apis/rbac.authorization.k8s.io/v1/clusterroles?labelSelector=app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server":
      list([]),
  };
}

/** A tiny API server on loopback. It answers unknown paths with 500, so that no test passes by chance. */
export class FakeCluster {
  /** Every request, as `<method> <path>`. */
  readonly requests: string[] = [];
  /** The port on loopback to which a port-forward to a pod leads, by the pod's name. */
  readonly forwards: Record<string, number> = {};
  readonly directory = mkdtempSync(join(tmpdir(), "fake-cluster-"));
  private constructor(
    private readonly server: Server,
    private readonly answers: Record<string, Answer>,
  ) {}

  static async start(changes: Record<string, Answer> = {}): Promise<FakeCluster> {
    const server = createServer();
    const cluster = new FakeCluster(server, { ...readyCluster(), ...changes });
    server.on("request", (request: IncomingMessage, response) => {
      const asked = `${request.method} ${decodeURIComponent(request.url ?? "")}`;
      cluster.requests.push(asked);
      const answer = cluster.answers[asked] ?? { status: 500, message: `the fake cluster has no answer to ${asked}` };
      if (answer === "hang") return;
      const status = "message" in answer && "status" in answer ? answer.status : 200;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    const forward = portForwarder((_namespace, pod) => {
      const port = cluster.forwards[pod];
      return port === undefined ? `no pod ${pod}` : { kind: "open", port };
    });
    server.on("upgrade", (request: IncomingMessage, socket, head: Buffer) => {
      const [, namespace, pod] = /namespaces\/([^/]+)\/pods\/([^/]+)\/portforward/.exec(request.url ?? "") ?? [];
      request.url = `/portForward/${namespace}/${pod}?port=1`;
      forward(request, socket, head);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return cluster;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Writes a kubeconfig file with one context that points to this server. */
  kubeconfig(context = "lab", name = "config"): string {
    const file = join(this.directory, name);
    writeFileSync(file, stringify(kubeconfigOf(context, this.url)));
    return file;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true });
  }
}

/** A kubeconfig with one context, whose user and cluster have the same name as the context. */
export function kubeconfigOf(context: string, server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    // The client refuses plain HTTP unless TLS verification is off.
    clusters: [{ name: context, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: context, user: { token: "x" } }],
  };
}

/** Runs a function with an environment variable set or unset, and restores the variable afterwards. */
export async function withVariable<T>(name: string, value: string | undefined, run: () => T | Promise<T>): Promise<T> {
  const before = process.env[name];
  const set = (to: string | undefined) => (to === undefined ? delete process.env[name] : (process.env[name] = to));
  set(value);
  try {
    return await run();
  } finally {
    set(before);
  }
}
