import { randomBytes } from "node:crypto";
import * as http from "node:http";
import { Arrivals } from "../arrivals";
import { listenOnLoopback } from "../processes/loopback-server";

/** A ping that was received. */
export interface Ping {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly authorization: string | undefined;
}

/** A time without pings that is longer than allowed. */
export interface Gap {
  readonly lastPingAt: number;
  /** When the gap was reported, which is the last ping plus the allowed time. */
  readonly toldAt: number;
}

/** A running receiver that reports missing pings, like healthchecks.io and similar services. */
export interface HeartbeatReceiver {
  /** The URL of the receiver. Like the URLs of such services it contains a random part, so it is a secret. */
  readonly url: string;
  readonly pings: readonly Ping[];
  /** Waits for the next ping. */
  nextPing(timeoutMs: number): Promise<Ping>;
  /**
   * Resolves when the last ping is `boundMs` old. Rejects with an error message if pings still come after `timeoutMs`.
   */
  gap(boundMs: number, timeoutMs: number): Promise<Gap>;
  /** Sets the status of the next answers. */
  answer(status: number): void;
  stop(): Promise<void>;
}

/** Starts the receiver on a free port of loopback. */
export async function startHeartbeatReceiver(): Promise<HeartbeatReceiver> {
  const path = `/ping/${randomBytes(18).toString("hex")}`;
  const arrivals = new Arrivals<Ping>("ping");
  const started = Date.now();
  let status = 200;
  const server = http.createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      if (request.url !== path) {
        response.writeHead(404).end("not found\n");
        return;
      }
      if (status < 300) {
        arrivals.add({ at: Date.now(), authorization: request.headers.authorization });
      }
      response.writeHead(status, { "Content-Type": "text/plain" }).end(status < 300 ? "OK" : "failed");
    });
  });
  const { port, stop } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    pings: arrivals.all,
    nextPing: (timeoutMs) => arrivals.next(() => true, timeoutMs, arrivals.all.length),
    gap: async (boundMs, timeoutMs) => {
      const lastPingAt = () => arrivals.all.at(-1)?.at ?? started;
      await arrivals.quiet(boundMs, timeoutMs, Math.max(0, lastPingAt() + boundMs - Date.now()));
      return { lastPingAt: lastPingAt(), toldAt: Date.now() };
    },
    answer: (next) => (status = next),
    stop,
  };
}
