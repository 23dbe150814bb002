/** Simulates the image `prometheus-example-app`: a server that counts its requests in the same metrics. */
import * as http from "node:http";
import { parseArgs } from "node:util";
import { portOf } from "./arguments";
import { exposition } from "./exposition";

const { values } = parseArgs({ options: { bind: { type: "string", default: ":8080" } } });
const requests = new Map<string, { labels: Record<string, string>; value: number }>();

function count(code: number, method: string): void {
  const labels = { code: String(code), method: method.toLowerCase() };
  const key = JSON.stringify(labels);
  requests.set(key, { labels, value: (requests.get(key)?.value ?? 0) + 1 });
}

const server = http.createServer((request, response) => {
  const path = (request.url ?? "/").replace(/\?.*$/, "");
  if (path === "/metrics") {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(
      exposition([
        { name: "version", type: "gauge", samples: [{ labels: { version: "played by the lab" }, value: 1 }] },
        { name: "http_requests_total", type: "counter", samples: [...requests.values()] },
      ]),
    );
    return;
  }
  response.statusCode = path === "/err" ? 404 : 200;
  count(response.statusCode, request.method ?? "GET");
  response.end("Hello from example application.");
});
server.listen(portOf(values.bind), "127.0.0.1");
