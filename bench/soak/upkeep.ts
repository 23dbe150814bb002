import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { Say } from "../../lab/progress";

/** What a cluster goes through without being in trouble, as a person does it, with kubectl. */
export interface Upkeep {
  readonly name: string;
  /** Resolves when it is done. What it leaves behind, `after` undoes before the next one. */
  readonly act: (site: Site) => Promise<void>;
  readonly after?: (site: Site) => Promise<void>;
}

interface Site {
  readonly lab: Lab;
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** A worker that runs pods of the workload. */
  readonly worker: string;
}

const namespaces = ["monitoring", "monitoring-nodes", "shop"];
const drain = ["drain", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=5m"];
const rebootSeconds = 60;

export const upkeep: readonly Upkeep[] = [
  {
    name: "every workload is rolled",
    act: async ({ kubectl }) => {
      for (const namespace of namespaces) {
        const found = await kubectl("-n", namespace, "get", "deploy,sts,ds", "-o", "name");
        const workloads = found.split("\n").filter((line) => line !== "");
        await kubectl("-n", namespace, "rollout", "restart", ...workloads);
        for (const one of workloads) await kubectl("-n", namespace, "rollout", "status", one, "--timeout=10m");
      }
    },
  },
  {
    name: "kube-state-metrics is replaced",
    act: async ({ kubectl }) => {
      await kubectl("-n", "monitoring", "delete", "pod", "-l", "app.kubernetes.io/name=kube-state-metrics");
    },
  },
  {
    name: "a worker is rebooted",
    act: async ({ lab, worker }) => {
      await lab.nodes.stopNode(worker);
      await delay(rebootSeconds * 1000);
      await lab.nodes.startNode(worker);
    },
  },
  {
    name: "a worker is drained",
    act: async ({ kubectl, worker }) => {
      await kubectl(...drain, worker);
    },
    after: async ({ kubectl, worker }) => {
      await kubectl("uncordon", worker);
    },
  },
  {
    name: "a worker is removed",
    act: async ({ lab, kubectl, worker }) => {
      await kubectl(...drain, worker);
      await lab.nodes.stopNode(worker);
      await kubectl("delete", "node", worker);
    },
  },
  {
    name: "a worker joins",
    act: ({ lab, worker }) => lab.nodes.startNode(worker),
  },
];

/** The place of the upkeep: the cluster's administrator, and a workload of three replicas. */
export async function siteOf(lab: Lab, say: Say): Promise<Site> {
  const { execa } = await import("execa");
  const program = programPath(await findPrograms(["kubectl"], say), "kubectl");
  const env = { KUBECONFIG: lab.controlPlane.labKubeconfigPath };
  const run = async (args: readonly string[], input?: string) => {
    say(`kubectl ${args.join(" ")}`);
    return (await execa(program, args, { env, ...(input !== undefined && { input }) })).stdout;
  };
  await run(["apply", "-f", "-"], JSON.stringify(shop));
  await run(["-n", "shop", "rollout", "status", "deployment/shop", "--timeout=5m"]);
  const worker = lab.machines.find(({ role }) => role === "worker")!.name;
  return { lab, worker, kubectl: (...args) => run(args) };
}

const labels = { "app.kubernetes.io/name": "shop" };
const shop = {
  apiVersion: "v1",
  kind: "List",
  items: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "shop", namespace: "shop" },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" } },
          spec: {
            containers: [
              {
                name: "shop",
                image: "quay.io/brancz/prometheus-example-app:v0.5.0",
                ports: [{ containerPort: 8080 }],
                readinessProbe: { httpGet: { path: "/", port: 8080 } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "shop", namespace: "shop" },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ],
};
