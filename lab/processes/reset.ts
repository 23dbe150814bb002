import * as net from "node:net";
import * as tls from "node:tls";
import type { Duplex } from "node:stream";

/**
 * Breaks a connection with a reset, as a machine does if nothing listens on the port. Some connections cannot be reset
 * and are closed instead: TLS connections, Unix sockets, and connections whose end is already being sent. If one of the
 * latter was reset, Node would never exit.
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
