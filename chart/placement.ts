import type { ChartValues } from "./values";

type ServerValues = NonNullable<ChartValues["server"]>;
type Toleration = NonNullable<ServerValues["tolerations"]>[number];
type Affinity = NonNullable<ServerValues["affinity"]>;

/** User and group that the pods run as and that the access points write as; one number, or files change owner. */
export const dataUser = 65534;

/** Taints of master nodes: kubeadm's of today and that of clusters before 1.24. */
const masterTaints = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** How long a pod stays bound to a node that is gone; Kubernetes' own default is 300 s. */
const goneNodeSeconds = 30;

/** Lets pods off a dead node soon. */
export const soonOffTolerations: readonly Toleration[] = [
  ...["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key): Toleration => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: goneNodeSeconds,
  })),
];

/** Lets pods onto masters as well, and off a dead node soon. */
export const masterTolerations: readonly Toleration[] = [
  ...masterTaints.map((key): Toleration => ({ key, operator: "Exists", effect: "NoSchedule" })),
  ...soonOffTolerations,
];

/** Keeps a pod on its node under every taint, those that evict pods too. */
export const everyTaint: readonly Toleration[] = [{ operator: "Exists" }];

/** Puts Prometheus and Alertmanager on different masters where there is more than one. */
export function apartFrom(labels: Readonly<Record<string, string>>) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
        },
      ],
    },
  } satisfies Affinity;
}
