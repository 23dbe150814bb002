import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server that listens on a free port of 127.0.0.1. */
export interface LoopbackServer {
  readonly port: number;
  /** Stops the server and closes every connection, including tunnels and kept-alive connections. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes a server of any kind (net, http, https) listen on a free port of loopback, or on the given port or Unix socket.
 * A socket has no port.
 */
export async function listenOnLoopback(server: Server, at: string | number = 0): Promise<LoopbackServer> {
  // The sockets are recorded, because `closeAllConnections` does not close connections that became tunnels.
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  if (typeof at === "number") server.listen(at, "127.0.0.1");
  else server.listen(at);
  await once(server, "listening");
  return {
    port: typeof at === "number" ? (server.address() as AddressInfo).port : 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
