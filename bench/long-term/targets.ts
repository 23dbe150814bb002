import * as http from "node:http";
import { listenOnLoopback, type LoopbackServer } from "../../lab/processes/loopback-server";
import { freePort } from "../../lab/processes/ports";

/** The names of the targets' metrics. */
export const benchMetrics = Array.from({ length: 50 }, (_, at) => `bench_metric_${at}`);

/** A target with many series. While it is stopped, connections to it are refused. */
export class Exporter {
  private server: LoopbackServer | undefined;

  private constructor(
    private readonly port: number,
    private readonly series: number,
  ) {}

  static async of(series: number): Promise<Exporter> {
    const exporter = new Exporter(await freePort(), series);
    await exporter.start();
    return exporter;
  }

  /** `<host>:<port>` */
  public get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  public async start(): Promise<void> {
    const server = http.createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(this.page());
    });
    server.keepAliveTimeout = 300_000;
    this.server ??= await listenOnLoopback(server, this.port);
  }

  public async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  /** Series like those of node_exporter: half of them are counters that grow, the others change seldom. */
  private page(): string {
    const seconds = Math.floor(Date.now() / 1000);
    const lines = Array.from({ length: this.series }, (_, at) => {
      const value = at % 2 === 0 ? seconds * (1 + (at % 7)) : Math.floor(seconds / 120) + at;
      const { length } = benchMetrics;
      return `${benchMetrics[at % length]}{device="device-${Math.floor(at / length)}"} ${value}`;
    });
    return `${lines.sort().join("\n")}\n`;
  }
}
