import * as net from "node:net";
import * as tls from "node:tls";
import type { Duplex } from "node:stream";

/**
 * Breaks a connection off as a machine does on which nothing listens. One that cannot be reset is closed: what has TLS on
 * it, a socket in the file system, and one whose end is being sent, for which Node would wait for ever when it exits.
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
