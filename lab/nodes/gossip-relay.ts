import { createSocket } from "node:dgram";
import { once } from "node:events";
import * as net from "node:net";
import { freePort } from "../processes/ports";
import { resetConnection } from "../processes/reset";
import type { Route } from "./pod-network";

/** The origin of a packet or connection: the port from which it was sent, and the relay's port to which it was sent. */
export interface Sender {
  readonly protocol: "tcp" | "udp";
  readonly from: number;
  readonly to: number;
}

/** A relay on one port of 127.0.0.1, for TCP and UDP, that stands for the gossip address of one pod. */
export interface GossipRelay {
  readonly port: number;
  /** Ends all connections, also those that were swallowed. */
  readonly endConnections: () => void;
  readonly stop: () => void;
}

/**
 * Starts a relay that forwards to the local port that `target` returns. What `passes` refuses is lost without an
 * answer, as in a broken network.
 */
export async function startGossipRelay(target: () => Route, passes: (sender: Sender) => boolean): Promise<GossipRelay> {
  const port = await freePort();
  const sockets = new Set<net.Socket>();
  const udp = createSocket("udp4");
  udp.on("message", (data, { port: from }) => {
    const found = target();
    // The receiver sees the relay's address. It does not answer to this address, but to the one that the packet names.
    if (found.kind === "open" && passes({ protocol: "udp", from, to: port })) udp.send(data, found.port, "127.0.0.1");
  });
  const tcp = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const found = target();
    if (found.kind === "refused" || found.kind === "unknown") {
      resetConnection(socket);
    } else if (found.kind === "open" && passes({ protocol: "tcp", from: socket.remotePort ?? 0, to: port })) {
      const outgoing = net.connect(found.port, "127.0.0.1");
      outgoing.on("error", () => resetConnection(socket));
      socket.on("close", () => outgoing.destroy());
      socket.pipe(outgoing).pipe(socket);
    } else {
      // The data is read and lost. Without a reader, the end of the connection would not be noticed.
      socket.resume();
    }
  });
  udp.bind(port, "127.0.0.1");
  tcp.listen(port, "127.0.0.1");
  await Promise.all([once(udp, "listening"), once(tcp, "listening")]);
  const endConnections = () => sockets.forEach((socket) => socket.destroy());
  const stop = () => {
    udp.close();
    tcp.close();
    endConnections();
  };
  return { port, endConnections, stop };
}
