import assert from "node:assert/strict";
import * as http from "node:http";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import { startHttpProxy, type HttpProxy } from "../../lab/nodes/http-proxy";
import { PodNetwork, type Route } from "../../lab/nodes/pod-network";

const service = (name: string, clusterIP: string): V1Service => ({
  metadata: { name, namespace: "monitoring" },
  spec: { clusterIP, ports: [{ name: "http", port: 80, targetPort: "web" }] },
});
const slice = (name: string, address: string, ready = true): V1EndpointSlice => ({
  metadata: { namespace: "monitoring", labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  ports: [{ name: "http", port: 9090 }],
  endpoints: [{ addresses: [address], conditions: { ready }, hostname: "server-0" }],
});

describe("the lab's pod network", () => {
  const services = [service("server", "10.96.0.7"), service("headless", "None"), service("broken", "10.96.0.8")];
  const slices = [slice("server", "10.244.1.2"), slice("headless", "10.244.1.2"), slice("broken", "10.244.1.2", false)];
  let network: PodNetwork;

  beforeEach(() => {
    network = new PodNetwork({
      services: {
        list: () => services,
        get: (name, namespace) =>
          services.find(({ metadata }) => metadata?.name === name && metadata.namespace === namespace),
      },
      endpointSlices: { list: () => slices, get: () => undefined },
    });
    network.addAddress("10.244.1.2", "worker");
    network.open("10.244.1.2", 9090, 20_000);
  });

  const open: Route = { kind: "open", port: 20_000 };
  const caller = { address: "10.244.1.2", namespace: "monitoring" };

  for (const [host, port, from] of [
    ["10.244.1.2", 9090, undefined],
    ["10.96.0.7", 80, undefined],
    ["server.monitoring.svc", 80, undefined],
    ["server.monitoring.svc.cluster.local", 80, undefined],
    ["server.monitoring", 80, undefined],
    ["server", 80, caller],
    ["headless.monitoring.svc", 9090, undefined],
    ["server-0.headless.monitoring.svc", 9090, undefined],
    ["localhost", 9090, caller],
  ] as const) {
    it(`routes ${host}:${port} to the pod${from === undefined ? "" : ", seen from a pod"}`, () =>
      assert.deepEqual(network.route(host, port, from), open));
  }

  it("refuses connections to a port on which nothing listens, and to a Service without a ready pod", () => {
    assert.deepEqual(network.route("10.244.1.2", 9091), { kind: "refused" });
    assert.deepEqual(network.route("broken.monitoring.svc", 80), { kind: "refused" });
    network.close("10.244.1.2", 9090);
    assert.deepEqual(network.route("10.244.1.2", 9090), { kind: "refused" });
  });

  it("reports unknown hosts", () => {
    for (const host of ["server", "localhost", "10.244.9.9", "server.default.svc", "hooks.slack.example"]) {
      assert.equal(network.route(host, 80).kind, "unknown", host);
    }
  });

  it("drops traffic to an unreachable node", () => {
    network.swallow("worker", true);
    assert.deepEqual(network.route("server.monitoring.svc", 80), { kind: "swallowed" });
    network.swallow("worker", false);
    assert.deepEqual(network.route("server.monitoring.svc", 80), open);
  });

  describe("the proxy", () => {
    let proxy: HttpProxy;
    let server: http.Server;
    let route: Route;

    before(async () => {
      server = http.createServer((request, response) => {
        request.pipe(response.setHeader("seen", `${request.method} ${request.url} ${request.headers.host}`));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      proxy = await startHttpProxy(() => route);
    });
    beforeEach(() => {
      route = { kind: "open", port: (server.address() as AddressInfo).port };
    });
    after(async () => {
      await proxy.stop();
      server.close();
    });

    const request = (timeoutMs = 2_000): Promise<{ status?: number; seen?: unknown; body: string }> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(proxy.url);
        const path = "http://10.244.1.2:9090/-/reload?a=b";
        const sent = http.request(
          { hostname, port, method: "POST", path, agent: false, headers: { host: "10.244.1.2:9090" } },
          (answer) => {
            let body = "";
            answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
            answer.on("end", () => resolve({ status: answer.statusCode, seen: answer.headers.seen, body }));
          },
        );
        sent.setTimeout(timeoutMs, () => sent.destroy(new Error("no answer")));
        sent.on("error", reject);
        sent.end("posted");
      });

    it("forwards a request with its body, path and host", async () => {
      assert.deepEqual(await request(), {
        status: 200,
        seen: "POST /-/reload?a=b 10.244.1.2:9090",
        body: "posted",
      });
    });

    it("resets a refused connection", async () => {
      route = { kind: "refused" };
      await assert.rejects(request(), { code: "ECONNRESET" });
    });

    it("resets the connection if the program has just exited", async () => {
      route = { kind: "open", port: 1 };
      await assert.rejects(request(), { code: "ECONNRESET" });
    });

    it("never answers a dropped connection", async () => {
      route = { kind: "swallowed" };
      await assert.rejects(request(100), { message: "no answer" });
    });

    it("reports an unknown host", async () => {
      route = { kind: "unknown", reason: "No such pod." };
      assert.deepEqual(await request(), { status: 502, seen: undefined, body: "No such pod.\n" });
    });

    it("opens a tunnel for `CONNECT`", async () => {
      const { hostname, port } = new URL(proxy.url);
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = net.connect(Number(port), hostname);
        let text = "";
        socket.on("data", (chunk) => {
          text += chunk.toString();
          if (text.endsWith("\r\n\r\n") && !text.includes("seen")) {
            socket.write("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
          }
        });
        socket.on("end", () => resolve(text));
        socket.on("error", reject);
        socket.write("CONNECT 10.0.1.10:6443 HTTP/1.1\r\nHost: 10.0.1.10:6443\r\n\r\n");
      });
      assert.match(answer, /^HTTP\/1.1 200 Connection Established\r\n\r\nHTTP\/1.1 200 OK/);
      assert.match(answer, /seen: GET \/metrics x/);
    });
  });
});
