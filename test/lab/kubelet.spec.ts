import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { WebSocket } from "ws";
import type { V1Container } from "@kubernetes/client-node";
import { containerLog } from "../../lab/nodes/container-logs";
import { executor, type WantedCommand } from "../../lab/nodes/exec";
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

    it("returns the lines since a moment, and lines without a time with the line before", async () => {
      const [old, now] = [Date.now() - 60_000, Date.now()].map((at) => new Date(at).toISOString());
      const lines = [`time=${old} level=INFO msg=old\n`, "old, too\n", `time=${now} msg=new\n`, "new, too\n"];
      await writeFile(path.join(directory, "1.log"), lines.join(""));
      assert.equal((await ask("app", "?sinceSeconds=30")).body, lines.slice(2).join(""));
      assert.equal((await ask("app", "?sinceSeconds=90&tailLines=3")).body, lines.slice(1).join(""));
    });

    it("refuses requests that name a missing container or an unknown parameter", async () => {
      assert.equal((await ask("web")).status, 404);
      assert.deepEqual(await ask("app", "?follow=true"), {
        status: 400,
        body: "the lab's kubelets know no follow of logs\n",
      });
    });
  });

  describe("the exec endpoint", () => {
    const server = http.createServer();
    const found: WantedCommand[] = [];
    before((done) => {
      const execute = executor((wanted) => {
        found.push(wanted);
        const [command = "", ...args] = wanted.command;
        const local = { command, args, env: { PATH: process.env.PATH ?? "", GREETING: "hello" }, cwd: tmpdir() };
        return Promise.resolve(command === "reboot" ? "the lab cannot run it" : local);
      });
      server.on("upgrade", (request, socket, head) => execute(request, socket, head));
      server.listen(0, "127.0.0.1", done);
    });
    after(() => server.close());

    /** Runs a command as kubectl does; returns what arrived on each channel. */
    async function exec(command: readonly string[], more = ""): Promise<{ out: string; err: string; status: unknown }> {
      const { port } = server.address() as AddressInfo;
      const query = command.map((word) => `command=${encodeURIComponent(word)}`).join("&");
      const socket = new WebSocket(`ws://127.0.0.1:${port}/exec/shop/cart-0/app?${query}${more}`, "v5.channel.k8s.io");
      const channels = ["", "", "", ""];
      socket.on("message", (data: Buffer) => (channels[data[0]!] += data.subarray(1).toString()));
      const [code] = (await once(socket, "close")) as [number];
      // kubectl takes every other code for a failure.
      assert.equal(code, 1000);
      return { out: channels[1]!, err: channels[2]!, status: JSON.parse(channels[3]!) };
    }

    it("returns the output and the result of a command", async () => {
      const { out, err, status } = await exec(["sh", "-c", 'echo "$GREETING"; echo oops >&2']);
      assert.deepEqual([out, err, status], ["hello\n", "oops\n", { metadata: {}, status: "Success" }]);
      const { namespace, pod, container } = found.at(-1)!;
      assert.deepEqual([namespace, pod, container], ["shop", "cart-0", "app"]);
    });

    it("returns the exit code of a command that fails", async () => {
      const { status } = await exec(["sh", "-c", "exit 3"]);
      const { reason, details } = status as { reason: string; details: { causes: unknown } };
      assert.equal(reason, "NonZeroExitCode");
      assert.deepEqual(details.causes, [{ reason: "ExitCode", message: "3" }]);
    });

    it("says why a command cannot run", async () => {
      const messageOf = async (command: string[], more?: string) =>
        ((await exec(command, more)).status as { message: string }).message;
      assert.equal(await messageOf(["reboot"]), "the lab cannot run it");
      assert.match(await messageOf(["no-such-program"]), /ENOENT/);
      assert.match(await messageOf(["cat"], "&stdin=true&input=1"), /without -i and -t/);
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
