import type { ChartValues } from "../chart/values";
import { masterTolerations, podAntiAffinity } from "../chart/placement";
import { claimTemplate, serverClaim } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { peerTimeout } from "../settings/timing";

type Labels = Readonly<Record<string, string>>;
type ServerValues = NonNullable<ChartValues["server"]>;

type Replicated = Pick<StackSettings, "availability">;

/** The external label that distinguishes two servers. */
export const replica = "prometheus_replica";

/** At most one pod of a kind is evicted at a time. */
const disruptionBudget = { maxUnavailable: 1 };

/**
 * The nodes of one kind of pod: replicas never share a node, and share a zone only if there is no other. `others` are
 * the pods of the other kind, which run on other nodes if there are enough.
 */
export function placement(
  { availability, nodeLabel }: Pick<StackSettings, "availability" | "nodeLabel">,
  replicas: number,
  own: Labels,
  others: Labels,
) {
  const { key, master, worker } = nodeLabel;
  const isSpread = availability.spread === "all";
  const spread = (topologyKey: string, whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway") => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: own },
  });
  return {
    ...(isSpread ? {} : { nodeSelector: { [key]: master } }),
    tolerations: masterTolerations,
    affinity: {
      ...(isSpread && { nodeAffinity: onNodesWith(key, [master, worker]) }),
      podAntiAffinity: podAntiAffinity({ preferred: others, ...(replicas > 1 && { required: own }) }),
    },
    ...(replicas > 1 && {
      topologySpreadConstraints: [
        spread("topology.kubernetes.io/zone", "ScheduleAnyway"),
        // Each value of the label counts as one domain, so neither the masters nor the workers have all replicas.
        ...(isSpread ? [spread(key, "DoNotSchedule")] : []),
      ],
    }),
  };
}

function onNodesWith(key: string, values: readonly string[]) {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In" as const, values }] }],
    },
  };
}

/**
 * The form of the server: one is a Deployment, and two are a StatefulSet, in which each has its own data. With one, the
 * old pod stops before the new one starts, because two writers would corrupt the data directory.
 */
export function serverForm({ availability }: Replicated) {
  if (availability.prometheus === 1) return { replicaCount: 1, strategy: { type: "Recreate" } } satisfies ServerValues;
  return {
    replicaCount: availability.prometheus,
    // With the default policy, a lost server would keep the other from being replaced.
    statefulSet: { enabled: true, podManagementPolicy: "Parallel" },
    env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    podDisruptionBudget: { enabled: true, ...disruptionBudget },
  } satisfies ServerValues;
}

/** The external label of each of two servers; none for one server. */
export function replicaLabel({ availability }: Replicated): Record<string, string> {
  return availability.prometheus === 1 ? {} : { [replica]: "${POD_NAME}" };
}

/** The removal of that label from alerts, so that Alertmanager sees one alert; nothing for one server. */
export function alertRelabeling({ availability }: Replicated) {
  if (availability.prometheus === 1) return {};
  return { alertRelabelConfigs: { alert_relabel_configs: [{ regex: replica, action: "labeldrop" }] } };
}

/** The chart's Service of the servers. A client stays with one server, because two have scraped at different times. */
export function serverService({ availability }: Replicated) {
  const sticky = { sessionAffinity: "ClientIP" } as const;
  return { type: "ClusterIP" as const, ...(availability.prometheus > 1 && sticky) };
}

/** The volumes of the servers. On EFS their claims exist already, and those of two servers are found by their names. */
export function serverVolume({
  availability,
  storage,
}: Pick<StackSettings, "availability" | "storage">): ServerValues["persistentVolume"] {
  const isSeveral = availability.prometheus > 1;
  if (storage.type === "none") return { enabled: false };
  if (storage.type === "efs" && !isSeveral) return { enabled: true, existingClaim: serverClaim };
  return {
    enabled: true,
    ...(isSeveral && { statefulSetNameOverride: claimTemplate }),
    // With `-`, the storage class of the claim is `""`, as in the volume that this program creates for it.
    storageClass: storage.type === "efs" ? "-" : storage.storageClass,
    accessModes: ["ReadWriteOnce"],
    size: storage.serverSize,
  };
}

/** The flags with which an Alertmanager finds the others. */
export function clusterFlags({ alerts, availability }: Replicated & Pick<StackSettings, "alerts">): Labels {
  // Without peers, a cluster of one would wait about 10 s before its first message. With peers, the chart sets the
  // address to listen at, and a second flag of the same name would end the program.
  if (availability.alertmanagers === 1) return { "cluster.listen-address": "" };
  return { "cluster.peer-timeout": peerTimeout(alerts.groupInterval) };
}

/** The number of Alertmanagers, and how many of them may be evicted at a time. */
export function alertmanagerForm({ availability }: Replicated) {
  const { alertmanagers } = availability;
  return { replicaCount: alertmanagers, ...(alertmanagers > 1 && { podDisruptionBudget: disruptionBudget }) };
}
