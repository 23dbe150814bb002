import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  CoordinationV1Api,
  type V1Deployment,
  type V1DaemonSet,
  type V1Lease,
} from "@kubernetes/client-node";
import type { Configuration } from "../../../config";
import type { StackSettings } from "../../../settings/stack-settings";
import { type Check, failed, type CheckResult, ok, warning } from "../../shared/check-result";
import { type Cluster, onCluster, type Reach, unreadable } from "../cluster";
import { validSections } from "../../../settings/readable";

type Controller = StackSettings["loadBalancer"]["controller"];

/** How a controller is recognized: by the lease that its leader renews, and by its workload's name. */
const marks: Readonly<Record<Controller, { readonly lease: string; readonly workload: RegExp }>> = {
  "cloud-controller-manager": { lease: "cloud-controller-manager", workload: /cloud-controller-manager/ },
  "aws-load-balancer-controller": {
    lease: "aws-load-balancer-controller-leader",
    workload: /aws-load-balancer-controller/,
  },
};
const other: Readonly<Record<Controller, Controller>> = {
  "cloud-controller-manager": "aws-load-balancer-controller",
  "aws-load-balancer-controller": "cloud-controller-manager",
};
/** The age at which a lease counts as abandoned. A leader renews its lease every few seconds. */
const staleAfterMs = 120_000;

type Sign = "alive" | "still" | "not ready" | "none";

/** Whether the controller that creates the NLBs is running; without it the addresses would stay pending. */
export function loadBalancerCheck(configuration: Configuration, reach: Promise<Reach>): Check {
  return onCluster("NLB controller", reach, async (cluster) => {
    const { loadBalancer } = validSections(configuration);
    if (loadBalancer === undefined) return [unreadable("loadBalancer")];
    const { controller } = loadBalancer;
    const signs = await lookForSigns(cluster);
    const sign = signOf(signs, controller);
    if (controller === "cloud-controller-manager" && signs.claimsServices) return [claimed];
    if (sign === "alive") return [ok(`${controller} runs.`)];
    const look = `\`kubectl get pods -A | grep ${controller}\`.`;
    const pending = "the NLBs would stay without an address, and `pulumi up` would wait for them in vain";
    if (sign === "not ready") return [failed(`no pod of ${controller} is ready: ${pending}.`, look)];
    if (sign === "still") {
      return [warning(`${controller} was there, but its leader has not renewed its lease: is it still running?`, look)];
    }
    return [signOf(signs, other[controller]) === "alive" ? otherOne(controller) : untold(controller, signs.hasWebhook)];
  });
}

/**
 * With this webhook the other controller claims every new Service without a class, and the cloud's controller ignores
 * it.
 */
const claimingWebhook = "mservice.elbv2.k8s.aws";
const claimed = warning(
  `the webhook ${claimingWebhook} gives each new Service without a class to aws-load-balancer-controller, so aws-load-balancer-controller would create the NLBs, not cloud-controller-manager.`,
  "`pulumi config set --path alerting:loadBalancer.controller aws-load-balancer-controller`, or install that controller with enableServiceMutatorWebhook=false.",
);

function otherOne(controller: Controller): CheckResult {
  return warning(
    `no ${controller} is found in the cluster, but ${other[controller]} runs.`,
    `If it is to create the NLBs: \`pulumi config set --path alerting:loadBalancer.controller ${other[controller]}\`.`,
  );
}

function untold(controller: Controller, hasWebhook: boolean): CheckResult {
  if (controller === "aws-load-balancer-controller" && hasWebhook) {
    return warning(
      `the webhook of ${controller} exists, but neither its pods nor its lease were found: is it running?`,
      "Services of type LoadBalancer are refused while its webhook does not answer.",
    );
  }
  return warning(
    `no ${controller} is found in the cluster. It may run elsewhere, which is not visible from here.`,
    "If the two NLBs stay without an address, install one: README, “Set-up”.",
  );
}

interface Signs {
  readonly leases: readonly V1Lease[];
  readonly workloads: readonly (V1Deployment | V1DaemonSet)[];
  readonly hasWebhook: boolean;
  readonly claimsServices: boolean;
}

async function lookForSigns({ kubeconfig, inTime }: Cluster): Promise<Signs> {
  const apps = kubeconfig.makeApiClient(AppsV1Api);
  const [leases, deployments, daemons, webhooks] = await Promise.all([
    // Only leases in this namespace are read, because other namespaces have one for each node.
    inTime(kubeconfig.makeApiClient(CoordinationV1Api).listNamespacedLease({ namespace: "kube-system" })),
    inTime(apps.listDeploymentForAllNamespaces()),
    inTime(apps.listDaemonSetForAllNamespaces()),
    inTime(kubeconfig.makeApiClient(AdmissionregistrationV1Api).listMutatingWebhookConfiguration()),
  ]);
  return {
    leases: leases.items,
    workloads: [...deployments.items, ...daemons.items],
    claimsServices: webhooks.items.some((one) => one.webhooks?.some(({ name }) => name === claimingWebhook)),
    hasWebhook: webhooks.items.some(({ metadata }) => metadata?.name?.includes("aws-load-balancer") === true),
  };
}

function signOf({ leases, workloads }: Signs, controller: Controller): Sign {
  const { lease: name, workload } = marks[controller];
  const lease = leases.find(({ metadata }) => metadata?.name === name);
  const renewed = (one: V1Lease | undefined) => new Date(one?.spec?.renewTime ?? 0).getTime();
  // The latest renewal stands for the cluster's clock, because this machine's clock may differ.
  const now = Math.max(...leases.map(renewed));
  if (lease !== undefined && now - renewed(lease) < staleAfterMs) return "alive";
  const own = workloads.filter(({ metadata }) => workload.test(metadata?.name ?? ""));
  if (own.some((one) => readyPods(one) > 0)) return "alive";
  if (own.length > 0) return "not ready";
  return lease === undefined ? "none" : "still";
}

function readyPods({ status }: V1Deployment | V1DaemonSet): number {
  if (status === undefined) return 0;
  return ("numberReady" in status ? status.numberReady : status.readyReplicas) ?? 0;
}
