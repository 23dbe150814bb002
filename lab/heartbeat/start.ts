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

/** A time without pings that was too long. */
export interface Gap {
  readonly lastPingAt: number;
  /** When the gap was reported: the allowed time after the last ping. */
  readonly toldAt: number;
}

/** A running receiver that reports missing pings, like healthchecks.io and similar services. */
export interface HeartbeatReceiver {
  /** The URL contains a random part, like the URLs of such services, so it is a secret. */
  readonly url: string;
  readonly pings: readonly Ping[];
  /** The next ping from now on. */
  nextPing(timeoutMs: number): Promise<Ping>;
  /**
   * Resolves when no ping has come for `boundMs` since the last one. Rejects with an error message if pings still come
   * after `timeoutMs`.
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
