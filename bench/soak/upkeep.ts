import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { Say } from "../../lab/progress";

/** What a cluster goes through without being in trouble, as its administrator does it. */
export interface Upkeep {
  readonly name: string;
  /** Resolves when it is done. */
  readonly act: (site: Site) => Promise<unknown>;
}

interface Site {
  readonly lab: Lab;
  readonly kubectl: Kubectl;
  readonly workers: readonly [string, string];
}

type Kubectl = (...args: readonly string[]) => Promise<string>;

const namespaces = ["monitoring", "monitoring-nodes", "shop"];
const drain = ["drain", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=5m"];
const rebootSeconds = 45;

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
    act: ({ kubectl }) =>
      kubectl("-n", "monitoring", "delete", "pod", "-l", "app.kubernetes.io/name=kube-state-metrics"),
  },
  {
    name: `a worker is rebooted, which takes ${rebootSeconds} s`,
    act: async ({ lab, workers: [worker] }) => {
      await lab.nodes.stopNode(worker);
      await delay(rebootSeconds * 1000);
      await lab.nodes.startNode(worker);
    },
  },
  { name: "a worker is drained", act: ({ kubectl, workers: [worker] }) => kubectl(...drain, worker) },
  {
    name: "the other worker is drained and removed",
    act: async ({ lab, kubectl, workers: [worker, other] }) => {
      await kubectl("uncordon", worker);
      await kubectl(...drain, other);
      await lab.nodes.stopNode(other);
      await kubectl("delete", "node", other);
    },
  },
  { name: "a worker joins", act: ({ lab, workers: [, other] }) => lab.nodes.startNode(other) },
];

/** Applies a workload of three replicas, and returns what the upkeep needs; the latter says which kubectl it runs. */
export async function startWorkload(lab: Lab, say: Say): Promise<(say: Say) => Site> {
  const { execa } = await import("execa");
  const program = programPath(await findPrograms(["kubectl"], say), "kubectl");
  const env = { KUBECONFIG: lab.controlPlane.labKubeconfigPath };
  const run = async (say: Say, args: readonly string[], input?: string) => {
    say(`kubectl ${args.join(" ")}`);
    return (await execa(program, args, { env, ...(input !== undefined && { input }) })).stdout;
  };
  await run(say, ["apply", "-f", "-"], JSON.stringify(shop));
  await run(say, ["-n", "shop", "rollout", "status", "deployment/shop", "--timeout=5m"]);
  const [first, second] = lab.machines.filter(({ role }) => role === "worker").map(({ name }) => name);
  return (say) => ({ lab, workers: [first!, second!], kubectl: (...args) => run(say, args) });
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
