import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import { generate } from "selfsigned";
import { listenOnLoopback } from "../processes/loopback-server";
import type { LoopbackServer } from "../processes/loopback-server";
import { reasonOf } from "../control-plane/reason";
import type { Kubelet } from "./kubelet";
import type { NodeSpec } from "./node-context";
import { exposition } from "./exposition";
import type { KubeletAccess } from "./kubelet-access";
import { containerMetrics, kubeletMetrics } from "./kubelet-metrics";
import { volumeMetrics } from "./volume-metrics";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Starts a kubelet's https server on loopback, as much of it as Prometheus asks;
 * a certificate of its own, which nobody has signed, as kubeadm's kubelets have by default.
 */
export async function startKubeletEndpoint(
  node: NodeSpec,
  kubelet: Pick<Kubelet, "pods">,
  access: Pick<KubeletAccess, "statusFor">,
): Promise<LoopbackServer> {
  const { cert, private: key } = await generate([{ name: "commonName", value: node.name }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: node.name },
          { type: 7, ip: node.address },
        ],
      },
    ],
  });
  const startedAt = Date.now() / 1000;
  const server = https.createServer({ cert, key }, (request, response) => {
    answer(request, { node, kubelet, access, startedAt }).then(
      ({ status, body }) => response.writeHead(status, { "Content-Type": TEXT }).end(body),
      (error: unknown) => response.writeHead(500, { "Content-Type": TEXT }).end(`${reasonOf(error)}\n`),
    );
  });
  return listenOnLoopback(server);
}

async function answer(
  request: IncomingMessage,
  of: { node: NodeSpec; kubelet: Pick<Kubelet, "pods">; access: Pick<KubeletAccess, "statusFor">; startedAt: number },
): Promise<{ status: number; body: string }> {
  const status = await of.access.statusFor(request);
  if (status !== 200) {
    return { status, body: status === 401 ? "Unauthorized\n" : "Forbidden\n" };
  }
  switch ((request.url ?? "").split("?")[0]) {
    case "/healthz":
      return { status, body: "ok" };
    case "/metrics":
      return {
        status,
        body: exposition([...kubeletMetrics(of.node, of.kubelet, of.startedAt), ...(await volumeMetrics(of.kubelet))]),
      };
    case "/metrics/cadvisor":
      return { status, body: exposition(await containerMetrics(of.node, of.kubelet)) };
    default:
      return { status: 404, body: "404 page not found\n" };
  }
}
