import * as http from "node:http";
import * as net from "node:net";
import type { Duplex } from "node:stream";
import { listenOnLoopback } from "../processes/loopback-server";
import { resetConnection } from "../processes/reset";
import type { Route, SeenRequest } from "./pod-network";

/** A forward proxy on loopback that leads into the pod network. */
export interface HttpProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a proxy that accepts `CONNECT` and requests with an absolute URL, and sends each request to the target that
 * `route` returns. A refused connection is reset, and a swallowed connection stays open without an answer, as for a
 * client in a cluster. The proxy listens on a free port, or on a Unix socket. It calls `see` for each request with an
 * absolute URL.
 */
export async function startHttpProxy(
  route: (host: string, port: number) => Route,
  socket?: string,
  see?: (seen: SeenRequest) => void,
): Promise<HttpProxy> {
  const server = http.createServer((request, response) => {
    let target: URL;
    try {
      target = new URL(request.url ?? "");
    } catch {
      response.writeHead(400).end("This is a proxy: it takes requests with an absolute http:// address.\n");
      return;
    }
    see?.({
      request: `${request.method} ${target.origin}${target.pathname}`,
      authorization: (request.headers.authorization ?? "none").split(" ")[0]!.toLowerCase(),
    });
    const found = route(target.hostname, Number(target.port || 80));
    if (found.kind === "open") {
      forward(request, response, target, found.port);
    } else {
      refuse(found, request.socket, (text) => response.writeHead(502).end(text));
    }
  });
  server.on("connect", (request, socket: net.Socket, head: Buffer) => {
    const { hostname, port } = new URL(`http://${request.url ?? ""}`);
    const found = route(hostname, Number(port || 80));
    if (found.kind === "open") {
      tunnel(socket, head, found.port);
    } else {
      refuse(found, socket, (text) =>
        socket.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`),
      );
    }
  });
  server.on("connection", (socket) => {
    // A client that disconnects is not an error of the proxy.
    socket.on("error", () => undefined);
  });
  // A swallowed connection stays open until the client gives up.
  server.requestTimeout = 0;
  const { port, stop } = await listenOnLoopback(server, socket);
  return { url: `http://127.0.0.1:${port}`, stop };
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, target: URL, port: number): void {
  const headers: http.OutgoingHttpHeaders = { ...request.headers, host: target.host };
  delete headers["proxy-connection"];
  delete headers["proxy-authorization"];
  const outgoing = http.request({
    host: "127.0.0.1",
    port,
    method: request.method,
    path: target.pathname + target.search,
    headers,
    agent: false,
  });
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  outgoing.on("error", () => resetConnection(request.socket));
  response.on("close", () => outgoing.destroy());
  request.pipe(outgoing);
}

function tunnel(socket: net.Socket, head: Buffer, port: number): void {
  const outgoing = net.connect({ host: "127.0.0.1", port });
  outgoing.on("connect", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    outgoing.write(head);
    outgoing.pipe(socket);
    socket.pipe(outgoing);
  });
  outgoing.on("error", () => resetConnection(socket));
  // Data that has already arrived is still delivered, because the pipe closes the other side only after it.
  outgoing.on("close", (failed) => failed && socket.destroy());
  socket.on("error", () => outgoing.destroy());
  socket.on("close", () => outgoing.destroy());
}

function refuse(route: Exclude<Route, { kind: "open" }>, socket: Duplex, answer: (text: string) => void): void {
  switch (route.kind) {
    case "refused":
      resetConnection(socket);
      break;
    case "swallowed":
      break;
    case "unknown":
      answer(`${route.reason}\n`);
      break;
    default:
      route satisfies never;
  }
}
