import * as http from "node:http";
import { listenOnLoopback } from "../processes/loopback-server";
import { resetConnection } from "../processes/reset";

/** Many targets that one server on this machine serves, and that can go down at the same time. */
export interface Storm {
  /** The scrape jobs by name, in the format of the chart's `scrapeConfigs`, for `alerting:values`. */
  readonly scrapeConfigs: Readonly<Record<string, unknown>>;
  /** The values of the label `instance` of a job's targets. */
  instances(job: string): readonly string[];
  /** From now on, breaks the connections to all instances for which `isDown` returns true. */
  takeDown(isDown: (instance: string, job: string) => boolean): void;
  takeUp(): void;
  stop(): Promise<void>;
}

/**
 * Starts the server. It is a proxy through which Prometheus scrapes the jobs. So each target can have an address that
 * does not exist, and the lab's pod network, which knows none of these addresses, is not used.
 */
export async function startStorm(options: {
  /** The number of targets by job. */
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
