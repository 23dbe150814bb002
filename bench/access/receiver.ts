import * as http from "node:http";
import { z } from "zod";
import { Arrivals } from "../../lab/arrivals";
import { listenOnLoopback } from "../../lab/processes/loopback-server";

/** An alert that Alertmanager has sent, and when. */
export interface Told {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
}

/** Receives Alertmanager's messages, alert by alert. */
export interface Receiver {
  readonly url: string;
  readonly told: readonly Told[];
  /** Resolves when a matching alert arrives, or at once if one has arrived since index `from`. */
  next(match: (told: Told) => boolean, timeoutMs: number, from: number): Promise<Told>;
  stop(): Promise<void>;
}

const message = z.object({
  alerts: z.array(z.object({ status: z.enum(["firing", "resolved"]), labels: z.record(z.string(), z.string()) })),
});

/** Starts the receiver on a free loopback port. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals = new Arrivals<Told>("alert");
  const server = http.createServer((request, response) => {
    const at = Date.now();
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (text += part));
    request.on("end", () => {
      for (const { status, labels } of message.parse(JSON.parse(text)).alerts) arrivals.add({ at, status, labels });
      response.writeHead(200).end();
    });
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}/`, told: arrivals.all, next: (...args) => arrivals.next(...args), stop };
}
