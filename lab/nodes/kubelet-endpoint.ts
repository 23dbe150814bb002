import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import type { TLSSocket } from "node:tls";
import { issueCertificate } from "../certificates";
import { listenOnLoopback } from "../processes/loopback-server";
import type { LoopbackServer } from "../processes/loopback-server";
import { reasonOf } from "../control-plane/reason";
import type { Kubelet } from "./kubelet";
import type { NodeSpec } from "./node-context";
import { exposition } from "./exposition";
import type { KubeletAccess } from "./kubelet-access";
import { containerLog, isLogRequest } from "./container-logs";
import { executor, type FindCommand, isExec } from "./exec";
import { containerMetrics, kubeletMetrics } from "./kubelet-metrics";
import { type FindPort, isPortForward, portForwarder } from "./port-forward";
import { volumeMetrics } from "./volume-metrics";

const text = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The settings for port-forwards and commands in containers. Only clients with a certificate of this authority may ask
 * for them. Only the API server has such a certificate.
 */
export interface Streaming {
  /** The authority's certificate, as PEM. */
  readonly clientAuthority: string;
  readonly findPort: FindPort;
  readonly findCommand: FindCommand;
}

/**
 * Starts a kubelet's https server on loopback. It has the endpoints that Prometheus scrapes, and it serves logs,
 * port-forwards and `kubectl exec` to the API server. Its certificate is self-signed, which is the default for
 * kubeadm's kubelets.
 */
export async function startKubeletEndpoint(
  node: NodeSpec,
  kubelet: Pick<Kubelet, "pods">,
  access: Pick<KubeletAccess, "statusFor">,
  streaming?: Streaming,
): Promise<LoopbackServer> {
  const { cert, key } = await issueCertificate(node.name, { names: [node.name], addresses: [node.address] });
  const startedAt = Date.now() / 1000;
  // The server asks every client for a certificate, but only the API server's requests require one; other clients send
  // a token.
  const asking = streaming && { requestCert: true, rejectUnauthorized: false, ca: streaming.clientAuthority };
  const server = https.createServer({ cert, key, ...asking }, (request, response) => {
    answer(request, { node, kubelet, access, startedAt }).then(
      ({ status, body }) => response.writeHead(status, { "Content-Type": text }).end(body),
      (error: unknown) => response.writeHead(500, { "Content-Type": text }).end(`${reasonOf(error)}\n`),
    );
  });
  if (streaming !== undefined) {
    const forward = portForwarder(streaming.findPort);
    const execute = executor(streaming.findCommand);
    server.on("upgrade", (request, socket, head) => {
      const { authorized } = request.socket as TLSSocket;
      if (authorized && isPortForward(request)) forward(request, socket, head);
      else if (authorized && isExec(request)) execute(request, socket, head);
      else socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
  }
  return listenOnLoopback(server);
}

async function answer(
  request: IncomingMessage,
  of: { node: NodeSpec; kubelet: Pick<Kubelet, "pods">; access: Pick<KubeletAccess, "statusFor">; startedAt: number },
): Promise<{ status: number; body: string }> {
  const url = request.url ?? "";
  // Only the API server sends this request, for users who may read logs.
  if (isLogRequest(url) && (request.socket as TLSSocket).authorized) return containerLog(url, () => of.kubelet.pods());
  const status = await of.access.statusFor(request);
  if (status !== 200) {
    return { status, body: status === 401 ? "Unauthorized\n" : "Forbidden\n" };
  }
  switch (url.split("?")[0]) {
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
