import * as http from "node:http";
import * as net from "node:net";
import { listenOnLoopback } from "../processes/loopback-server";
import type { LoopbackServer } from "../processes/loopback-server";

/**
 * Starts a loopback port that forwards to an address of the pod network. `target` is asked for each connection;
 * undefined (no ready pod) ends the connection, as an NLB does.
 */
export async function startListener(
  proxyUrl: string,
  target: () => { address: string; port: number } | undefined,
): Promise<LoopbackServer> {
  const server = net.createServer((client) => {
    client.on("error", () => client.destroy());
    const to = target();
    if (to === undefined) {
      client.resetAndDestroy();
    } else {
      connect(proxyUrl, to, client);
    }
  });
  return listenOnLoopback(server);
}

function connect(proxyUrl: string, to: { address: string; port: number }, client: net.Socket): void {
  const { hostname, port } = new URL(proxyUrl);
  const path = `${to.address}:${to.port}`;
  const request = http.request({ host: hostname, port, method: "CONNECT", path, agent: false });
  request.on("connect", (answer, socket: net.Socket, head: Buffer) => {
    if (answer.statusCode !== 200) {
      client.resetAndDestroy();
      socket.destroy();
      return;
    }
    client.write(head);
    socket.pipe(client);
    client.pipe(socket);
    socket.on("error", () => client.destroy());
    socket.on("close", () => client.destroy());
    client.on("close", () => socket.destroy());
  });
  request.on("error", () => client.resetAndDestroy());
  request.end();
}
