import * as http from "node:http";
import * as net from "node:net";
import type { AddressInfo } from "node:net";

/** A loopback port that forwards to an address of the pod network. */
export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts it. `target` is asked for each connection; undefined (no ready pod) ends the connection, as an NLB does. */
export async function startListener(
  proxyUrl: string,
  target: () => { address: string; port: number } | undefined,
): Promise<Listener> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    sockets.add(client);
    client.on("close", () => sockets.delete(client));
    client.on("error", () => client.destroy());
    const to = target();
    if (to === undefined) {
      client.resetAndDestroy();
    } else {
      connect(proxyUrl, to, client);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
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
