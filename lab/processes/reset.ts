import * as net from "node:net";
import * as tls from "node:tls";
import type { Duplex } from "node:stream";

/**
 * Breaks a connection with a reset, like a machine on which nothing listens. Some connections cannot be reset and are
 * closed instead: TLS connections, Unix sockets, and connections whose end is already being sent (Node would wait for
 * these forever when it exits).
 */
export function resetConnection(socket: Duplex): void {
  const canBe =
    socket instanceof net.Socket &&
    !(socket instanceof tls.TLSSocket) &&
    !socket.destroyed &&
    !socket.writableEnded &&
    socket.remoteAddress !== undefined;
  if (canBe) socket.resetAndDestroy();
  else socket.destroy();
}
