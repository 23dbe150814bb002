/**
 * Previews and updates of clusters of several sizes with the real engine, the real Kubernetes plugin and the real API
 * server. Three nodes of the lab run the pods. All other nodes are objects without a machine: node-exporter's pods need
 * the label of the operating system, which these nodes do not have, so the release does not wait for them.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, PatchStrategy, setHeaderOptions, type V1ContainerImage } from "@kubernetes/client-node";
import { labNodes } from "../../lab/cluster-nodes";
import { clientConfig } from "../../lab/control-plane/client";
import type { Lab } from "../../lab/lab";
import type { Progress } from "../../lab/progress";
import type { LabStack, StackRun } from "../../lab/stack";
import { configureLike, labStack, requireNoChange } from "../../lab/steps";
import { markdown, median } from "../markdown";

/** The label by which the stack selects its workers. */
const chosen = { key: "bench", value: "worker" };
/** How many nodes are created at the same time. */
const atOnce = 10;
const quiet = () => undefined;
const byMergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

interface Measured {
  readonly nodes: number;
  /** The nodes that the update labeled, and how long it took. */
  readonly labeled: number;
  readonly update: number;
  /** Seconds of a preview, an update and a preview with `--refresh`, all without changes. */
  readonly preview: number;
  readonly sameUpdate: number;
  readonly refresh: number;
  readonly resources: number;
  readonly stateBytes: number;
  /** What the stack labels. */
  readonly labels: string;
}

/**
 * Measures each size in one lab, from the smallest to the largest; at the end also with labels on the masters only. In
 * this last case the update removes the other labels from the state, but not from the nodes.
 */
export async function measureOnLab(
  lab: Lab,
  o: { readonly sizes: readonly number[]; readonly rounds: number; readonly progress: Progress },
): Promise<Measured[]> {
  const { progress, rounds } = o;
  const core = clientConfig(lab.controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
  const [master, ...workers] = labNodes.map(({ name }) => name);
  for (const name of workers)
    await core.patchNode({ name, body: { metadata: { labels: { [chosen.key]: chosen.value } } } }, byMergePatch);
  const stack = await labStack(lab, "bench-nodes");
  const masters = { names: [master] };
  const selector = `${chosen.key}=${chosen.value}`;
  await configureLike(lab, stack, settings(lab, { masters, workers: { selector } }));
  const measured: Measured[] = [];
  let count = labNodes.length;
  const one = async (labels: string) => {
    const before = measured.at(-1)?.resources ?? 0;
    const first = await progress.stage(`${count} nodes, labels on ${labels}: up`, () => timed(() => stack.up(quiet)));
    const same = await progress.stage("previews without changes", () => unchanged(stack, rounds));
    const [, sameUpdate] = await progress.stage("up without changes", () => timed(() => stack.up(quiet)));
    const refresh = await progress.stage("preview --refresh", () =>
      timed(() => stack.preview(quiet, { refresh: true })),
    );
    const resources = same.run.changes.same ?? 0;
    measured.push({
      nodes: count,
      labels,
      labeled: before === 0 ? count : Math.max(resources - before, 0),
      update: first[1],
      preview: same.seconds,
      sameUpdate,
      refresh: refresh[1],
      resources,
      stateBytes: Buffer.byteLength(await stack.exported()),
    });
  };
  for (const size of o.sizes) {
    await progress.stage(`${size} nodes`, (say) => addNodes(core, count, size, say));
    count = Math.max(count, size);
    await one("all nodes");
  }
  await configureLike(lab, stack, {
    ...settings(lab, { masters, workers: { selector } }),
    "alerting:nodeLabel": { nodes: "masters" },
  });
  await one("the masters");
  return measured;
}

/** EC2 is emulated here, so it is not asked: the subnets and the security groups are set. */
function settings(lab: Lab, nodes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { instances } = lab.aws;
  const enabled = false;
  return {
    "alerting:nodes": nodes,
    "alerting:network": {
      subnetIds: instances.map(({ subnetId }) => subnetId),
      securityGroupIds: [...new Set(instances.flatMap(({ securityGroupIds }) => securityGroupIds))],
    },
    // Alerts about a thousand nodes would take this machine's time. The nodes without a machine have no address, so
    // Prometheus has no targets on them.
    "alerting:rules": {
      alerts: { NodeNotReady: { enabled }, NodeVanished: { enabled }, NodeExporterMissing: { enabled } },
    },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, seconds: number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}

async function unchanged(stack: LabStack, rounds: number): Promise<{ run: StackRun; seconds: number }> {
  const runs: [StackRun, number][] = [];
  for (let round = 0; round < rounds; round++) runs.push(await timed(() => stack.preview(quiet)));
  for (const [run] of runs) requireNoChange(run);
  return { run: runs[0]![0], seconds: median(runs.map(([, seconds]) => seconds)) };
}

/** Creates the nodes with the numbers `from` to `to`, with as many images as a kubelet reports. */
async function addNodes(core: CoreV1Api, from: number, to: number, say: (line: string) => void): Promise<void> {
  const numbers = Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index);
  const add = async (number: number) => {
    const name = `ip-10-0-${10 + (number >> 8)}-${number & 255}.ap-northeast-2.compute.internal`;
    const labels = {
      [chosen.key]: chosen.value,
      "kubernetes.io/hostname": name,
      "kubernetes.io/arch": "amd64",
      "node.kubernetes.io/instance-type": "m6i.large",
      "topology.kubernetes.io/region": "ap-northeast-2",
      "topology.kubernetes.io/zone": `ap-northeast-2${"abc"[number % 3]!}`,
    };
    await core.createNode({ body: { metadata: { name, labels }, spec: { unschedulable: true } } });
    await core.patchNodeStatus({ name, body: { status: { images } } }, byMergePatch);
    if (number % 100 === 0) say(`${number} of ${to}`);
  };
  while (numbers.length > 0) await Promise.all(numbers.splice(0, atOnce).map(add));
  // Until the controllers have noticed that these nodes have no kubelet, they change the nodes.
  for (let tries = 0; tries < 90; tries++) {
    const { items } = await core.listNode();
    const isKnown = items.every(({ status }) => status?.conditions?.some(({ type }) => type === "Ready"));
    if (isKnown) return;
    await delay(2000);
  }
  throw new Error("The controllers have not reported the new nodes after three minutes.");
}

/** The 50 images that a kubelet reports at most, each by its tag and its digest. */
const images: V1ContainerImage[] = Array.from({ length: 50 }, (_, index) => {
  const repository = `registry.example/team-${index}/application`;
  const digest = String(index).padStart(64, "0123456789abcdef");
  return { names: [`${repository}@sha256:${digest}`, `${repository}:1.${index}.0`], sizeBytes: 100_000_000 + index };
});

/** The table for docs/benchmarks.md. */
export function onLabTable(measured: readonly Measured[]): string {
  const head = [
    "nodes",
    "labels on",
    "resources",
    "state, MiB",
    "`up` that labels, s",
    "labels in it",
    "preview, s",
    "`up` without changes, s",
    "preview `--refresh`, s",
  ];
  const rows = measured.map((one) => [
    one.nodes.toLocaleString("en"),
    one.labels,
    one.resources.toLocaleString("en"),
    (one.stateBytes / 2 ** 20).toFixed(2),
    one.update.toFixed(1),
    one.labeled.toLocaleString("en"),
    one.preview.toFixed(1),
    one.sameUpdate.toFixed(1),
    one.refresh.toFixed(1),
  ]);
  return markdown(head, rows);
}
