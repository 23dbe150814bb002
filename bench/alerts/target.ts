import { once } from "node:events";
import * as http from "node:http";
import type { Socket } from "node:net";

const METRICS = "# TYPE bench_target_info gauge\nbench_target_info 1\n";

/** A target that Prometheus scrapes. While it is stopped, connections to it are refused. */
export class Target {
  private server: http.Server | undefined;
  private readonly sockets = new Set<Socket>();

  /** `address` is `<host>:<port>` on loopback. */
  constructor(public readonly address: string) {}

  public async start(): Promise<void> {
    if (this.server !== undefined) {
      return;
    }
    const server = http.createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end(METRICS);
    });
    // Without this, Node would close a connection that Prometheus keeps open between two scrapes, just before the next
    // scrape.
    server.keepAliveTimeout = 300_000;
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    const [host, port] = this.address.split(":");
    server.listen(Number(port), host);
    await once(server, "listening");
    this.server = server;
  }

  /** Closes the listening socket and every connection, as if the process had ended. */
  public stop(): void {
    this.server?.close();
    this.sockets.forEach((socket) => socket.destroy());
    this.server = undefined;
  }
}
