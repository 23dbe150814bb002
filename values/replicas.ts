import type { ChartValues } from "../chart/values";
import { masterTolerations, podAntiAffinity } from "../chart/placement";
import { claimTemplate } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { peerTimeout } from "../settings/timing";
import { error, type Finding } from "../validation/finding";
import { listOf, mapOf } from "../validation/plain-data";

type Labels = Readonly<Record<string, string>>;
type ServerValues = NonNullable<ChartValues["server"]>;

/** The external label that tells two servers apart. It is removed from alerts, so that Alertmanager sees one alert. */
const replicaLabel = "prometheus_replica";

const podName = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };

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
export function serverForm({ availability }: Pick<StackSettings, "availability">) {
  if (availability.prometheus === 1) return { replicaCount: 1, strategy: { type: "Recreate" } } satisfies ServerValues;
  return {
    replicaCount: availability.prometheus,
    // With the default policy, a lost server would keep the other from being replaced.
    statefulSet: { enabled: true, podManagementPolicy: "Parallel" },
    env: [podName],
    podDisruptionBudget: { enabled: true, ...disruptionBudget },
  } satisfies ServerValues;
}

/** The external labels that differ between the servers; none for one server. */
export function replicaLabels({ availability }: Pick<StackSettings, "availability">): Record<string, string> {
  return availability.prometheus === 1 ? {} : { [replicaLabel]: `\${${podName.name}}` };
}

/** Values outside `server` that two servers need; none for one server. */
export function besidesTheServers({ availability }: Pick<StackSettings, "availability">) {
  if (availability.prometheus === 1) return {};
  const removed = { regex: replicaLabel, action: "labeldrop" };
  return { alertRelabelConfigs: { alert_relabel_configs: [removed] } };
}

/** Reports an override without the variable from which each of two servers gets its label. */
export function replicaFindings(
  { availability }: Pick<StackSettings, "availability">,
  { server }: ChartValues,
): Finding[] {
  const hasName = listOf(server?.env).some((variable) => mapOf(variable)["name"] === podName.name);
  if (availability.prometheus === 1 || hasName) return [];
  const written = "{ name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }";
  const sentence = `replaces this program's list, and without the variable ${podName.name} both servers would have the same labels; write \`${written}\` into it too.`;
  return [error(["server", "env"], sentence)];
}

/** The volume of one of several servers on EFS: its claim exists already and is found by its name. */
export function serverReplicaVolume({ serverSize }: StackSettings["storage"]): ServerValues["persistentVolume"] {
  return {
    enabled: true,
    statefulSetNameOverride: claimTemplate,
    // With `-`, the storage class of the claim is `""`, as in the volume that this program creates for it.
    storageClass: "-",
    accessModes: ["ReadWriteOnce"],
    size: serverSize,
  };
}

/** The flags with which an Alertmanager finds the others. */
export function clusterFlags({
  alerts,
  availability,
}: Pick<StackSettings, "alerts" | "availability">): Record<string, string> {
  // Without peers, a cluster of one would wait about 10 s before its first message. With peers, the chart sets the
  // address to listen at, and a second flag of the same name would end the program.
  if (availability.alertmanagers === 1) return { "cluster.listen-address": "" };
  return { "cluster.peer-timeout": peerTimeout(alerts.groupInterval) };
}

/** The number of Alertmanagers, and how many of them may be evicted at a time. */
export function alertmanagerForm({ availability }: Pick<StackSettings, "availability">) {
  const { alertmanagers } = availability;
  return { replicaCount: alertmanagers, ...(alertmanagers > 1 && { podDisruptionBudget: disruptionBudget }) };
}
