import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { V1Container } from "@kubernetes/client-node";
import { containerLog } from "../../lab/nodes/container-logs";
import { exposition } from "../../lab/nodes/exposition";
import { startKubeletEndpoint } from "../../lab/nodes/kubelet-endpoint";
import { probeOnce, Prober } from "../../lab/nodes/probes";
import type { LoopbackServer } from "../../lab/processes/loopback-server";

describe("the lab's kubelets", () => {
  describe("the metrics endpoint", () => {
    let endpoint: LoopbackServer;
    before(async () => {
      endpoint = await startKubeletEndpoint(
        { name: "node-1", role: "worker", address: "10.0.2.11", zone: "ap-northeast-2b" },
        { pods: () => [] },
        { statusFor: (request) => Promise.resolve(request.headers.authorization === undefined ? 401 : 200) },
      );
    });
    after(() => endpoint.stop());

    const get = (path: string, headers = {}): Promise<[number | undefined, string]> =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port: endpoint.port, path, headers, rejectUnauthorized: false };
        https
          .get({ ...options, agent: false }, (answer) => {
            let body = "";
            answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
            answer.on("end", () => resolve([answer.statusCode, body]));
          })
          .on("error", reject);
      });
    const someone = { authorization: "Bearer token" };

    it("returns metrics to authorized clients", async () => {
      const [status, body] = await get("/metrics", someone);
      assert.equal(status, 200);
      assert.match(body, /^kubelet_node_name\{node="node-1"\} 1$/m);
      assert.match((await get("/metrics/cadvisor", someone))[1], /^machine_cpu_cores 4$/m);
      assert.deepEqual(await get("/healthz", someone), [200, "ok"]);
    });

    it("returns nothing to other clients, and nothing at other paths", async () => {
      assert.deepEqual(await get("/metrics"), [401, "Unauthorized\n"]);
      assert.equal((await get("/pods", someone))[0], 404);
      // Only the API server, which presents its certificate, may read logs.
      assert.equal((await get("/containerLogs/shop/cart-0/app", someone))[0], 404);
    });
  });

  describe("the log endpoint", () => {
    let directory: string;
    before(async () => {
      directory = await mkdtemp(path.join(tmpdir(), "lab-logs-"));
      await writeFile(path.join(directory, "0.log"), "before\n");
      await writeFile(path.join(directory, "1.log"), "one\ntwo\nthree\n");
    });
    after(() => rm(directory, { recursive: true }));

    const pods = () => [
      {
        pod: { metadata: { namespace: "shop", name: "cart-0" } },
        runs: [
          {
            container: { name: "app" },
            logFile: (previous = false) => path.join(directory, previous ? "0.log" : "1.log"),
          },
        ],
      },
    ];
    const ask = (container: string, query = "") =>
      containerLog(`/containerLogs/shop/cart-0/${container}${query}`, pods);

    it("returns the whole log, the end of the log, or the log of the previous run", async () => {
      assert.deepEqual(await ask("app"), { status: 200, body: "one\ntwo\nthree\n" });
      assert.deepEqual(await ask("app", "?tailLines=2"), { status: 200, body: "two\nthree\n" });
      assert.deepEqual(await ask("app", "?tailLines=0"), { status: 200, body: "" });
      assert.deepEqual(await ask("app", "?previous=true"), { status: 200, body: "before\n" });
    });

    it("refuses requests that name a missing container or an unknown parameter", async () => {
      assert.equal((await ask("web")).status, 404);
      assert.deepEqual(await ask("app", "?follow=true"), {
        status: 400,
        body: "the lab's kubelets know no follow of logs\n",
      });
    });
  });

  it("write metrics in Prometheus' text format", () => {
    assert.equal(
      exposition([{ name: "a", type: "gauge", samples: [{ labels: { path: 'C:\\"x"\n' }, value: 1.5 }] }]),
      '# TYPE a gauge\na{path="C:\\\\\\"x\\"\\n"} 1.5\n',
    );
  });

  describe("the probes", () => {
    let server: http.Server;
    let status = 200;
    const container: V1Container = {
      name: "c",
      ports: [{ name: "web", containerPort: 9090 }],
      readinessProbe: { httpGet: { path: "/-/ready", port: "web" }, initialDelaySeconds: 30 },
    };
    const local = (port: number) => (port === 9090 ? (server.address() as AddressInfo).port : undefined);

    before((done) => {
      server = http.createServer((request, response) => {
        response.writeHead(request.url === "/-/ready" ? status : 404).end();
      });
      server.listen(0, "127.0.0.1", done);
    });
    beforeEach(() => {
      status = 200;
    });
    after(() => server.close());

    it("connect to the local port that stands for the container's port", async () => {
      const probe = { httpGet: { path: "/-/ready", port: "web" } };
      assert.deepEqual(await probeOnce(probe, container, local), { ok: true, message: "" });
      assert.equal((await probeOnce({ tcpSocket: { port: 9090 } }, container, local)).ok, true);
      status = 503;
      const failed = await probeOnce(probe, container, local);
      assert.deepEqual(failed, { ok: false, message: "HTTP probe failed with statuscode: 503" });
    });

    it("fail if nothing listens", async () => {
      assert.equal((await probeOnce({ tcpSocket: { port: 9091 } }, container, local)).ok, false);
    });

    it("start without delay, and report that the container is ready", async () => {
      const seen: string[] = [];
      await new Promise<void>((resolve) => {
        const prober = new Prober(container, local, {
          onUnhealthy: (message) => seen.push(message),
          onReady: (ready) => {
            seen.push(`ready ${String(ready)}`);
            prober.stop();
            resolve();
          },
        });
        prober.start();
      });
      assert.deepEqual(seen, ["ready true"]);
    });

    it("report a container whose liveness probe fails", async () => {
      status = 500;
      const livenessProbe = { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 0, failureThreshold: 2 };
      const message = await new Promise<string>((resolve) => {
        new Prober({ name: "c", livenessProbe }, local, {
          onReady: () => undefined,
          onUnhealthy: resolve,
        }).start();
      });
      assert.equal(message, "Liveness probe failed: HTTP probe failed with statuscode: 500");
    });
  });
});
