import * as http from "node:http";
import { listenOnLoopback } from "../processes/loopback-server";

/** A request with its body, in the form that steps receive. */
export interface ApiRequest {
  method: string;
  /** The path and the query, as the caller sent them. */
  url: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** The response to the caller. */
export interface ApiResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Forwards a request to the emulator. */
export type Forward = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * One step in front of the emulator. A step responds itself, or calls `next` and returns its response, changed or
 * unchanged. Simulated failures (throttling, 5xx) are steps too.
 */
export type Step = (request: ApiRequest, next: Forward) => Promise<ApiResponse>;

/** A running proxy. */
export interface Proxy {
  /** `http://127.0.0.1:<port>` */
  url: string;
  stop(): Promise<void>;
}

/** Starts a proxy on a free loopback port that passes every request through the steps, then to `target`. */
export async function startProxy(target: string, steps: readonly Step[]): Promise<Proxy> {
  const chain = steps.reduceRight<Forward>(
    (next, step) => (request) => step(request, next),
    (request) => send(target, request),
  );
  const server = http.createServer((incoming, outgoing) => {
    void readBody(incoming)
      .then((body) => {
        const { method = "GET", url = "/", headers } = incoming;
        return chain({ method, url, headers, body });
      })
      .then(({ status, headers, body }) => {
        // The header must have the length of the body that is really sent. A response with status 204 has no length.
        outgoing.writeHead(status, forBody(headers, status === 204 ? undefined : body)).end(body);
      })
      .catch((error: NodeJS.ErrnoException) => {
        // If the emulator has died, the caller's connection breaks, as it would without a proxy.
        if (error.code !== undefined) return incoming.socket.destroy();
        const { status, headers, body } = jsonResponse(500, { __type: "LabProxyError", message: error.message });
        return outgoing.writeHead(status, headers).end(body);
      });
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** A JSON response in the format of the AWS REST-JSON services. */
export function jsonResponse(status: number, body: unknown): ApiResponse {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(body)) };
}

function send(target: string, request: ApiRequest): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      target + request.url,
      { method: request.method, headers: forBody(request.headers, request.body) },
      (answer) => {
        readBody(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body }),
          reject,
        );
      },
    );
    outgoing.once("error", reject);
    outgoing.end(request.body);
  });
}

/** The headers for this body: with its length, and without headers that describe the connection. */
function forBody(headers: http.IncomingHttpHeaders, body: Buffer | undefined): http.OutgoingHttpHeaders {
  const way = ["transfer-encoding", "connection", "content-length"];
  const kept = Object.entries(headers).filter(([name]) => !way.includes(name));
  return { ...Object.fromEntries(kept), ...(body && { "content-length": body.length }) };
}

async function readBody(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
