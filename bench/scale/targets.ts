/** The targets of a cluster with many nodes, and the one server that answers for all of them. */
import * as http from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type LoopbackServer, listenOnLoopback } from "../../lab/processes/loopback-server";
import type { Captured } from "./capture";
import { Exposition, nameOf } from "./exposition";
import { cadvisorText, kubeletText } from "./kubelet";

/** The job, address and labels of a target before relabeling, as service discovery finds them. */
export interface Target {
  readonly job: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the exporters serve. */
export interface Templates {
  readonly nodeExporter: Exposition;
  readonly kubelet: Exposition;
  readonly cadvisor: Exposition;
  readonly objectsOfNode: Exposition;
  readonly otherObjects: Exposition;
  readonly apiServer: Exposition;
}

export function templatesOf(captured: Captured, pods: number): Templates {
  const day = 86_400;
  return {
    nodeExporter: new Exposition(captured.nodeExporter, day),
    kubelet: new Exposition(kubeletText(pods), day),
    cadvisor: new Exposition(cadvisorText(pods), day),
    objectsOfNode: new Exposition(captured.objectsOfNode, day),
    otherObjects: new Exposition(captured.otherObjects, day),
    // The API server that was captured had run for less than a minute.
    apiServer: new Exposition(captured.apiServer, 60),
  };
}

const apiServers = 3;
const zones = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"];

/** The targets that the chart's jobs find in a cluster of that many nodes: node-exporter, kubelets, and the others. */
export function targetsOf(nodes: number): Target[] {
  const numbers = Array.from({ length: nodes }, (_, index) => index);
  return [
    ...numbers.map((node) => ({
      job: "kubernetes-service-endpoints",
      address: `${addressOf(node)}:9100`,
      labels: { ...service("prometheus-node-exporter", "1.12.1"), __meta_kubernetes_pod_node_name: hostOf(node) },
    })),
    {
      job: "kubernetes-service-endpoints",
      address: "kube-state-metrics:8080",
      labels: { ...service("kube-state-metrics", "2.20.0"), __meta_kubernetes_pod_node_name: hostOf(0) },
    },
    ...["kubernetes-nodes", "kubernetes-nodes-cadvisor"].flatMap((job) =>
      numbers.map((node) => ({ job, address: `${addressOf(node)}:10250`, labels: nodeLabels(node) })),
    ),
    ...numbers.slice(0, apiServers).map((node) => ({
      job: "kubernetes-api-servers",
      address: `${addressOf(node)}:6443`,
      labels: {
        __meta_kubernetes_namespace: "default",
        __meta_kubernetes_service_name: "kubernetes",
        __meta_kubernetes_endpointslice_port_name: "https",
      },
    })),
  ];
}

const addressOf = (node: number) => `10.0.${node >> 8}.${node & 255}`;
const hostOf = (node: number) => `ip-${nameOf(node)}.ap-northeast-2.compute.internal`;

function nodeLabels(node: number): Record<string, string> {
  const label = (name: string) => `__meta_kubernetes_node_label_${name}`;
  return {
    instance: hostOf(node),
    [label("beta_kubernetes_io_arch")]: "amd64",
    [label("beta_kubernetes_io_os")]: "linux",
    [label("key")]: node < apiServers ? "master" : "worker",
    [label("kubernetes_io_arch")]: "amd64",
    [label("kubernetes_io_hostname")]: hostOf(node),
    [label("kubernetes_io_os")]: "linux",
    [label("node_kubernetes_io_instance_type")]: "m6i.xlarge",
    [label("topology_kubernetes_io_region")]: "ap-northeast-2",
    [label("topology_kubernetes_io_zone")]: zones[node % zones.length]!,
  };
}

function service(name: string, version: string): Record<string, string> {
  const label = (key: string) => `__meta_kubernetes_service_label_${key}`;
  return {
    __meta_kubernetes_namespace: "monitoring",
    __meta_kubernetes_service_name: `prometheus-${name}`,
    __meta_kubernetes_service_annotation_prometheus_io_scrape: "true",
    [label("app_kubernetes_io_component")]: "metrics",
    [label("app_kubernetes_io_instance")]: "prometheus",
    [label("app_kubernetes_io_managed_by")]: "Helm",
    [label("app_kubernetes_io_name")]: name,
    [label("app_kubernetes_io_part_of")]: name,
    [label("app_kubernetes_io_version")]: version,
    [label("helm_sh_chart")]: `${name}-1.2.3`,
  };
}

/** The number of series that all targets of a cluster serve. */
export function seriesOf(nodes: number, templates: Templates): number {
  const { nodeExporter, kubelet, cadvisor, objectsOfNode, otherObjects, apiServer } = templates;
  const ofNode = [nodeExporter, kubelet, cadvisor, objectsOfNode].reduce((sum, { series }) => sum + series, 0);
  return nodes * ofNode + otherObjects.series + apiServers * apiServer.series;
}

/** The receivers of the samples and alerts that Prometheus sends. */
export interface Received {
  /** Requests and bytes of remote write. */
  readonly writes: number;
  readonly bytes: number;
}

export interface Exporters extends LoopbackServer {
  /** The server's URL: the proxy for scrapes, and the receiver of remote write and alerts. */
  readonly url: string;
  received(): Received;
}

const compressed = promisify(gzip);
/** How long a target serves the same values, in seconds. Each scrape of a server gets new ones. */
const slotSeconds = 15;

/**
 * Starts the server. It is the proxy of all scrapes, so that targets can have addresses that do not exist. As the real
 * exporters do, it compresses everything except what kube-state-metrics serves. It takes whatever is written to it.
 */
export async function startExporters(nodes: number, templates: Templates): Promise<Exporters> {
  const start = Date.now();
  let [writes, bytes] = [0, 0];
  const exporters = new Map<string, () => string>();
  const now = () => (Date.now() - start) / 1000;
  for (let node = 0; node < nodes; node++) {
    const serve = (port: number, path: string, exposition: Exposition) =>
      exporters.set(`${addressOf(node)}:${port}${path}`, () => exposition.render(nameOf(node), now()));
    serve(9100, "/metrics", templates.nodeExporter);
    serve(10_250, "/metrics", templates.kubelet);
    serve(10_250, "/metrics/cadvisor", templates.cadvisor);
    if (node < apiServers) serve(6443, "/metrics", templates.apiServer);
  }
  const cache = new Map<string, { slot: number; body: Promise<Buffer> }>();
  const bodyOf = (key: string, render: () => string): Promise<Buffer> => {
    const slot = Math.floor(now() / slotSeconds);
    const cached = cache.get(key);
    if (cached?.slot === slot) return cached.body;
    const body = compressed(render(), { level: 1 });
    cache.set(key, { slot, body });
    return body;
  };
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    if (request.method === "POST") {
      for await (const part of request) bytes += (part as Buffer).length;
      if (request.url === writePath) writes++;
      response.writeHead(request.url === writePath ? 204 : 200).end();
      return;
    }
    const { host, pathname } = new URL(request.url ?? "", "http://none");
    const type = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
    if (host === "kube-state-metrics:8080") {
      response.writeHead(200, type);
      const parts = function* () {
        yield templates.otherObjects.render(nameOf(0), now());
        for (let node = 0; node < nodes; node++) yield templates.objectsOfNode.render(nameOf(node), now());
      };
      await pipeline(Readable.from(parts()), response);
      return;
    }
    const render = exporters.get(`${host}${pathname}`);
    if (render === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { ...type, "Content-Encoding": "gzip" }).end(await bodyOf(`${host}${pathname}`, render));
  };
  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 300_000;
  const listening = await listenOnLoopback(server);
  return { ...listening, url: `http://127.0.0.1:${listening.port}`, received: () => ({ writes, bytes }) };
}

/** The path of the receiver of remote write. */
export const writePath = "/api/v1/write";
