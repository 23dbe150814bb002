import type { ChartValues } from "./values";
import { nodesNamespace } from "../conventions/cluster-names";
import { dataUser } from "./placement";

/**
 * The user of node-exporter, which no other pod has. node-exporter sees all processes of its node, and could read the
 * files of processes with its user, for example the webhooks that Alertmanager mounts.
 */
const nodeExporterUser = 65532;

/** The requirements of the level `restricted` for a pod, and one user for all its containers. */
const podSecurityContext = {
  runAsUser: dataUser,
  runAsGroup: dataUser,
  runAsNonRoot: true,
  fsGroup: dataUser,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** The requirements of the level `restricted` for a container, and a read-only root file system. */
const containerSecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * The pods' security settings as values of the chart. Service links are switched off where the chart has a key for
 * this: it has one for Prometheus, and for Alertmanager it accepts the field of the pod.
 */
export const podSecurityValues = {
  server: {
    securityContext: podSecurityContext,
    containerSecurityContext,
    enableServiceLinks: false,
  },
  alertmanager: {
    podSecurityContext,
    securityContext: { runAsUser: dataUser, runAsGroup: dataUser, runAsNonRoot: true, ...containerSecurityContext },
    extraPodConfigs: { enableServiceLinks: false },
    // Alertmanager never calls the Kubernetes API.
    automountServiceAccountToken: false,
  },
  "kube-state-metrics": {
    securityContext: podSecurityContext,
    containerSecurityContext,
    // This also removes the rights on these objects from the cluster role of kube-state-metrics. No rule needs their
    // metrics, and anyone who may list such objects may read them.
    collectorsExclude: ["configmaps", "secrets"],
  },
  "prometheus-pushgateway": {
    securityContext: podSecurityContext,
    containerSecurityContext,
    automountServiceAccountToken: false,
  },
} satisfies ChartValues;

/**
 * The security settings of node-exporter. It uses the host's network and reads the host's files, so it is in a separate
 * namespace.
 */
export function nodeExporterSecurity(namespace: string) {
  return {
    namespaceOverride: nodesNamespace(namespace),
    // `hostPID` is not needed: the host's /proc is mounted, and shows the host's processes.
    hostPID: false,
    serviceAccount: { automountServiceAccountToken: false },
    securityContext: {
      runAsUser: nodeExporterUser,
      runAsGroup: nodeExporterUser,
      runAsNonRoot: true,
      fsGroup: nodeExporterUser,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containerSecurityContext: {
      ...containerSecurityContext,
      // Without this capability in the bounding set, container runtimes block reading the clock's state. A user other
      // than root does not get the capability itself, so it cannot set the clock.
      capabilities: { drop: ["ALL"], add: ["SYS_TIME"] },
    },
  } satisfies ChartValues["prometheus-node-exporter"];
}

/**
 * The chart creates no role for Prometheus, because its role would allow Prometheus to read the ConfigMaps of the whole
 * cluster.
 */
export const ownRole = { rbac: { create: false } } satisfies ChartValues;
