/** Takes what the real exporters serve about one node with its pods, as templates for many nodes. */
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { clientConfig } from "../../lab/control-plane/client";
import { type ControlPlane, startControlPlane } from "../../lab/control-plane/start";
import type { Ending } from "../../lab/ending";
import { nodeObject, nodeStatus } from "../../lab/nodes/node-object";
import { startChild } from "../../lab/processes/child";
import { freePort, waitForHttp } from "../../lab/processes/ports";
import { programPath } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/program";
import type { Say } from "../../lab/progress";
import { getText } from "../../lab/web";
import { at, type Objects } from "../../test/support/lab/helm";
import { placeholder } from "./exposition";

/** What the exporters serve. */
export interface Captured {
  readonly nodeExporter: string;
  /** What kube-state-metrics says about one node, and about the pods and other objects of its applications. */
  readonly objectsOfNode: string;
  /** What kube-state-metrics says about everything else. */
  readonly otherObjects: string;
  readonly apiServer: string;
}

const patienceMs = 60_000;
const podsPerDeployment = 2;
const zone = "ap-northeast-2a";
/** The label that this program sets. */
const ownLabel = { key: "worker" };
const byMergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/**
 * Starts a control plane, kube-state-metrics and node_exporter, with the chart's arguments, and stops them again. The
 * cluster has one node and its pods: a Deployment, a Service, a ConfigMap and a Secret for every two pods.
 */
export async function capture(
  o: { directory: string; programs: Programs; chart: Objects; pods: number; say: Say },
  ending: Ending,
): Promise<Captured> {
  const { directory, programs, say } = o;
  const controlPlane = await startControlPlane({ programs, directory: path.join(directory, "control-plane"), say });
  ending.add("the control plane", () => controlPlane.stop());
  try {
    await fill(controlPlane, o.pods);
    const [objects, nodeExporter] = await Promise.all([
      textOf("kube-state-metrics", o, [`--kubeconfig=${controlPlane.labKubeconfigPath}`], (text) => {
        const running = text.match(/^kube_pod_container_status_running\{.*\} 1$/gm) ?? [];
        return running.length === o.pods;
      }),
      textOf("node_exporter", o, []),
    ]);
    const token = clientConfig(controlPlane.labKubeconfigPath).getCurrentUser()?.token ?? "";
    const ca = await readFile(controlPlane.caFile, "utf8");
    const headers = { authorization: `Bearer ${token}` };
    const apiServer = await getText(`${controlPlane.server}/metrics`, { ca }, { headers });
    const lines = objects.split("\n");
    const isOfNode = (line: string) => !line.startsWith("#") && line.includes(placeholder);
    // The objects of each node have other ids, as in a cluster.
    const unique = (line: string) => line.replaceAll(/uid="(.{6})/g, `uid="${placeholder}`);
    return {
      nodeExporter,
      objectsOfNode: lines.filter(isOfNode).map(unique).join("\n"),
      otherObjects: lines.filter((line) => !isOfNode(line)).join("\n"),
      apiServer,
    };
  } finally {
    await controlPlane.stop();
  }
}

/** Starts an exporter, waits until its text is as wanted, and stops it. */
async function textOf(
  program: "kube-state-metrics" | "node_exporter",
  o: { directory: string; programs: Programs; chart: Objects },
  more: readonly string[],
  isWhole: (text: string) => boolean = () => true,
): Promise<string> {
  const port = await freePort();
  const name = program === "node_exporter" ? "prometheus-node-exporter" : program;
  const workload = [...o.chart].find(([key]) => /^(Deployment|DaemonSet)\//.test(key) && key.endsWith(name))?.[1];
  const listed = at(workload, "spec", "template", "spec", "containers", 0, "args");
  // The paths and addresses of a pod do not exist here.
  const args = (Array.isArray(listed) ? listed : [])
    .map(String)
    .filter((arg) => !/^--(path\.|web\.|port=|telemetry-port=|host=|telemetry-host=)/.test(arg));
  const ports =
    program === "node_exporter"
      ? [`--web.listen-address=127.0.0.1:${port}`]
      : [`--host=127.0.0.1`, `--port=${port}`, `--telemetry-host=127.0.0.1`, `--telemetry-port=${await freePort()}`];
  const child = startChild({
    name: program,
    command: programPath(o.programs, program),
    args: [...args, ...ports, ...more],
    logFile: path.join(o.directory, `${program}.log`),
  });
  try {
    const accept = ({ status, text }: { status: number; text: string }) => status === 200 && isWhole(text);
    return (await waitForHttp(`http://127.0.0.1:${port}/metrics`, { child, timeoutMs: patienceMs, accept })).text;
  } finally {
    await child.stop();
  }
}

/** Creates the node, and its pods in the state in which a kubelet reports them when they run. */
async function fill(controlPlane: ControlPlane, pods: number): Promise<void> {
  const config = clientConfig(controlPlane.labKubeconfigPath);
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const name = `ip-${placeholder}.ap-northeast-2.compute.internal`;
  const providerId = `aws:///${zone}/i-0000000000${placeholder}`;
  const node = { name, role: "worker", address: "10.0.0.1", zone, providerId } as const;
  const body = nodeObject(node, "10.244.0.0/24");
  const labels = { ...body.metadata?.labels, ...ownLabel };
  await core.createNode({ body: { ...body, metadata: { ...body.metadata, labels } } });
  // The cluster's controllers change the objects too, so their states are patched.
  await core.patchNodeStatus({ name, body: { status: nodeStatus(node, new Date(), new Date()) } }, byMergePatch);
  const namespace = "apps";
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  for (let index = 0; index < pods / podsPerDeployment; index++) {
    const app = `app-${placeholder}-${index}`;
    const metadata = { name: app, namespace };
    const labels = { app };
    await core.createNamespacedConfigMap({ namespace, body: { metadata, data: {} } });
    await core.createNamespacedSecret({ namespace, body: { metadata } });
    await core.createNamespacedService({
      namespace,
      body: { metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    });
    const resources = { cpu: "100m", memory: "128Mi" };
    const container = {
      name: "app",
      image: "registry.example/team/application:1.24.3",
      resources: { requests: resources, limits: resources },
    };
    const spec = { nodeName: name, containers: [container] };
    const template = { metadata: { labels }, spec };
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata, spec: { replicas: podsPerDeployment, selector: { matchLabels: labels }, template } },
    });
  }
  const deadline = Date.now() + patienceMs;
  const reported = new Set<string>();
  while (reported.size < pods) {
    if (Date.now() > deadline) throw new Error(`Only ${reported.size} of ${pods} pods were created.`);
    const { items } = await core.listNamespacedPod({ namespace });
    for (const pod of items.filter(({ metadata }) => !reported.has(metadata?.name ?? ""))) {
      const podName = pod.metadata?.name ?? "";
      const status = { status: runningStatus(pod) };
      await core.patchNamespacedPodStatus({ name: podName, namespace, body: status }, byMergePatch);
      reported.add(podName);
    }
    await delay(200);
  }
}

function runningStatus(pod: V1Pod): NonNullable<V1Pod["status"]> {
  const now = new Date();
  const id = `${placeholder}${pod.metadata?.uid ?? ""}`.replaceAll("-", "").padEnd(64, "0");
  return {
    phase: "Running",
    startTime: now,
    hostIP: "10.0.0.1",
    podIP: "10.244.0.9",
    podIPs: [{ ip: "10.244.0.9" }],
    qosClass: "Guaranteed",
    conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(
      (type) => ({
        type,
        status: "True",
        lastTransitionTime: now,
      }),
    ),
    containerStatuses: [
      {
        name: "app",
        image: "registry.example/team/application:1.24.3",
        imageID: `registry.example/team/application@sha256:${"0123456789abcdef".repeat(4)}`,
        containerID: `containerd://${id}`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
        lastState: {},
      },
    ],
  };
}
