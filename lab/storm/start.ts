import * as http from "node:http";
import { listenOnLoopback } from "../processes/loopback-server";
import { resetConnection } from "../processes/reset";

/** Many targets that are all one server of this machine, and can go down at once. */
export interface Storm {
  /** For `alerting:values`: one job each, by name, as the chart's `scrapeConfigs` takes it. */
  readonly scrapeConfigs: Readonly<Record<string, unknown>>;
  /** The instances of a job, as Prometheus labels them. */
  instances(job: string): readonly string[];
  /** Breaks the connection to whatever this says yes to, from now on. */
  takeDown(isDown: (instance: string, job: string) => boolean): void;
  takeUp(): void;
  stop(): Promise<void>;
}

/**
 * Starts it. The server is a proxy, for Prometheus can send a job's scrapes through one: so each target has an address
 * that exists nowhere, and the lab's pod network, which knows none of them, is not asked.
 */
export async function startStorm(options: {
  /** Job to number of its targets. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly scrapeInterval: string;
}): Promise<Storm> {
  const jobOf = new Map<string, string>();
  const instances = new Map<string, readonly string[]>();
  for (const [job, count] of Object.entries(options.jobs)) {
    const own = Array.from({ length: count }, (_, index) => `${job}-${String(index).padStart(3, "0")}.example:9100`);
    instances.set(job, own);
    own.forEach((instance) => jobOf.set(instance, job));
  }
  let down: (instance: string, job: string) => boolean = () => false;
  const server = http.createServer((request, response) => {
    const instance = URL.canParse(request.url ?? "") ? new URL(request.url ?? "").host : "";
    const job = jobOf.get(instance);
    if (job === undefined) {
      response.writeHead(502).end("This is a proxy to the targets of a storm.\n");
    } else if (down(instance, job)) {
      resetConnection(request.socket);
    } else {
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end("storm_target 1\n");
    }
  });
  const { port, stop } = await listenOnLoopback(server);
  const proxyUrl = `http://127.0.0.1:${port}`;
  return {
    scrapeConfigs: Object.fromEntries(
      [...instances].map(([job, targets]) => [
        job,
        {
          enabled: true,
          scrape_interval: options.scrapeInterval,
          scrape_timeout: options.scrapeInterval,
          proxy_url: proxyUrl,
          static_configs: [{ targets: [...targets] }],
        },
      ]),
    ),
    instances: (job) => instances.get(job) ?? [],
    takeDown: (isDown) => (down = isDown),
    takeUp: () => (down = () => false),
    stop,
  };
}
