import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server that listens on a free port of 127.0.0.1. */
export interface LoopbackServer {
  readonly port: number;
  /** Ends every connection as well, tunnels and those that are kept open for further requests included. */
  readonly stop: () => Promise<void>;
}

/** Lets a server of any kind (net, http, https) listen on loopback; or on a socket in the file system, which has no port. */
export async function listenOnLoopback(server: Server, socket?: string): Promise<LoopbackServer> {
  // An http server's own closeAllConnections knows nothing of what became a tunnel.
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  if (socket === undefined) server.listen(0, "127.0.0.1");
  else server.listen(socket);
  await once(server, "listening");
  return {
    port: socket === undefined ? (server.address() as AddressInfo).port : 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
