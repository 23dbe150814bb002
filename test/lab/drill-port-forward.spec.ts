import * as assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as net from "node:net";
import { ApiException, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { forwardPort } from "../../tools/stack/servers/port-forward";
import { startControlPlane } from "../../lab/control-plane/start";
import type { ControlPlane } from "../../lab/control-plane/start";
import { startHttpProxy, type HttpProxy } from "../../lab/nodes/http-proxy";
import { startKubeletEndpoint } from "../../lab/nodes/kubelet-endpoint";
import { kubeletPort, nodeObject, nodeStatus } from "../../lab/nodes/node-object";
import { PodNetwork } from "../../lab/nodes/pod-network";
import { listenOnLoopback, type LoopbackServer } from "../../lab/processes/loopback-server";
import { findPrograms } from "../../lab/programs/find";
import { readFileSync } from "node:fs";

const node = { name: "node-1", role: "worker", address: "10.0.2.11", zone: "ap-northeast-2b" } as const;
const podIP = "10.244.1.2";
const namespace = "default";

describe("a port-forward through a real API server", function () {
  let directory: string;
  let controlPlane: ControlPlane;
  let kubelet: LoopbackServer;
  let proxy: HttpProxy;
  let pod: LoopbackServer;
  let kubeconfig: KubeConfig;
  const network = new PodNetwork({
    services: { list: () => [], get: () => undefined },
    endpointSlices: { list: () => [] },
  } as never);

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    const say = () => undefined;
    directory = await mkdtemp(path.join(tmpdir(), "port-forward-"));
    const programs = await findPrograms(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"], say);
    controlPlane = await startControlPlane({ programs, directory: path.join(directory, "control-plane"), say });
    pod = await listenOnLoopback(
      http.createServer((request, response) => response.end(`${request.method} ${request.url} ${"x".repeat(100_000)}`)),
    );
    network.addAddress(node.address, node.name);
    network.addAddress(podIP, node.name);
    network.open(podIP, 9093, pod.port);
    kubelet = await startKubeletEndpoint(
      node,
      { pods: () => [] },
      { statusFor: () => Promise.resolve(401) },
      {
        clientAuthority: readFileSync(controlPlane.caFile, "utf8"),
        findPort: (_namespace, name, port) =>
          name === "alertmanager-0" ? network.route(podIP, port) : "no such pod here",
        findCommand: () => Promise.resolve("no such pod here"),
      },
    );
    network.open(node.address, kubeletPort, kubelet.port);
    proxy = await startHttpProxy((host, port) => network.route(host, port), controlPlane.podNetworkSocket);
    kubeconfig = new KubeConfig();
    kubeconfig.loadFromFile(controlPlane.kubeconfigPath);
    await register();
  });
  after(async () => {
    await proxy?.stop();
    await kubelet?.stop();
    await pod?.stop();
    await controlPlane?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Creates a node, and a pod on it that is ready. */
  async function register(): Promise<void> {
    const core = kubeconfig.makeApiClient(CoreV1Api);
    await core.createNode({ body: nodeObject(node, "10.244.1.0/24") });
    const status = nodeStatus(node, new Date(), new Date());
    await untilTaken(async () =>
      core.replaceNodeStatus({ name: node.name, body: { ...(await core.readNode({ name: node.name })), status } }),
    );
    const name = "alertmanager-0";
    const spec = { nodeName: node.name, containers: [{ name: "a", image: "registry.example/a:1" }] };
    await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
    const conditions = [{ type: "Ready", status: "True" }];
    await untilTaken(async () => {
      const body = { ...(await core.readNamespacedPod({ name, namespace })), status: { phase: "Running", conditions } };
      return core.replaceNamespacedPodStatus({ name, namespace, body });
    });
  }

  /** Repeats a write if it conflicts with a controller's change of the same new object. */
  async function untilTaken(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof ApiException) || error.code !== 409) throw error;
      await untilTaken(write);
    }
  }

  const forward = (port = 9093) => forwardPort({ kubeconfig, namespace, pod: "alertmanager-0", port });

  it("carries several requests at once to the pod, and brings back long answers", async () => {
    const forwarded = await forward();
    try {
      const texts = await Promise.all(
        ["/a", "/b", "/c"].map(async (one) => (await fetch(`${forwarded.url}${one}`)).text()),
      );
      assert.deepEqual(
        texts.map((text) => [text.slice(0, 6), text.length]),
        ["/a", "/b", "/c"].map((one) => [`GET ${one}`, 100_007]),
      );
    } finally {
      await forwarded.stop();
    }
    await assert.rejects(fetch(forwarded.url), "its port is closed when it is stopped");
  });

  it("reports a port on which nothing listens", async () => {
    await assert.rejects(forward(9999), /does not work: nothing listens on port 9999 of the pod/);
  });

  it("is refused by the kubelet if the client is not the API server", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      void import("node:tls").then(({ connect }) => {
        const socket: net.Socket = connect({ port: kubelet.port, host: "127.0.0.1", rejectUnauthorized: false }, () =>
          socket.write(
            "GET /portForward/default/alertmanager-0?port=9093 HTTP/1.1\r\nHost: kubelet\r\nConnection: Upgrade\r\n" +
              "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
          ),
        );
        socket.once("data", (data: Buffer) => resolve(data.toString()));
        socket.once("error", reject);
      });
    });
    assert.match(answer, /^HTTP\/1\.1 403/);
  });
});
