import * as http from "node:http";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Certificate } from "../certificates";
import { listenOnLoopback } from "../processes/loopback-server";
import type { LoopbackServer } from "../processes/loopback-server";
import { resetConnection } from "../processes/reset";

/**
 * Listens on a loopback port and forwards each connection to the address of the pod network that `target` returns. If
 * it returns `undefined` (no pod is ready), the connection is closed, as an NLB would close it. With a certificate the
 * listener terminates TLS; without a certificate it forwards all bytes unchanged.
 */
export async function startListener(
  proxyUrl: string,
  target: () => { address: string; port: number } | undefined,
  certificate?: Certificate,
): Promise<LoopbackServer> {
  const take = (client: net.Socket) => {
    client.on("error", () => client.destroy());
    const to = target();
    if (to === undefined) {
      resetConnection(client);
    } else {
      connect(proxyUrl, to, client);
    }
  };
  const server =
    certificate === undefined
      ? net.createServer(take)
      : tls.createServer({ ...certificate, minVersion: "TLSv1.2" }, take);
  return listenOnLoopback(server);
}

function connect(proxyUrl: string, to: { address: string; port: number }, client: net.Socket): void {
  const { hostname, port } = new URL(proxyUrl);
  const path = `${to.address}:${to.port}`;
  const request = http.request({ host: hostname, port, method: "CONNECT", path, agent: false });
  request.on("connect", (answer, socket: net.Socket, head: Buffer) => {
    if (answer.statusCode !== 200) {
      resetConnection(client);
      socket.destroy();
      return;
    }
    client.write(head);
    socket.pipe(client);
    client.pipe(socket);
    socket.on("error", () => client.destroy());
    // Data that has already arrived is still delivered, because the pipe closes the client's side only after it.
    socket.on("close", (failed) => failed && client.destroy());
    client.on("close", () => socket.destroy());
  });
  request.on("error", () => resetConnection(client));
  request.end();
}
