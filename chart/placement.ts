import type { ChartValues } from "./values";

type ServerValues = NonNullable<ChartValues["server"]>;
type Toleration = NonNullable<ServerValues["tolerations"]>[number];
type Affinity = NonNullable<ServerValues["affinity"]>;
type Labels = Readonly<Record<string, string>>;

/**
 * The user and group id of the pods and of the access points. Both have to be the same number, or files would change
 * their owner.
 */
export const dataUser = 65534;

/** Taints of master nodes: kubeadm's current one, and the one of clusters before 1.24. */
const masterTaints = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** How long a pod stays bound to a node that is gone; Kubernetes' default is 300 s. */
const goneNodeSeconds = 30;

/** Moves pods off a dead node soon. */
export const soonOffTolerations: readonly Toleration[] = [
  ...["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key): Toleration => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: goneNodeSeconds,
  })),
];

/** Allows pods on masters, and moves them off a dead node soon. */
export const masterTolerations: readonly Toleration[] = [
  ...masterTaints.map((key): Toleration => ({ key, operator: "Exists", effect: "NoSchedule" })),
  ...soonOffTolerations,
];

/** Keeps a pod on its node under every taint, including those that evict pods. */
export const everyTaint: readonly Toleration[] = [{ operator: "Exists" }];

/** Keeps a pod off the nodes of other pods: if possible (`preferred`), or always (`required`). */
export function podAntiAffinity({
  preferred,
  required,
}: Readonly<Record<"preferred", Labels> & { required?: Labels }>) {
  const onSameNode = (matchLabels: Labels) => ({
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels },
  });
  return {
    ...(required && { requiredDuringSchedulingIgnoredDuringExecution: [onSameNode(required)] }),
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: onSameNode(preferred) }],
  } satisfies Affinity["podAntiAffinity"];
}
