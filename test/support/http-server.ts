import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server on loopback, and the requests that it received. */
export interface HttpServer {
  readonly origin: string;
  readonly requests: readonly http.IncomingMessage[];
  readonly stop: () => void;
}

/** Starts a server that answers each request with this listener. */
export async function startHttpServer(answer: http.RequestListener): Promise<HttpServer> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}
