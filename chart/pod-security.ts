import type { ChartValues } from "./values";
import { nodesNamespace } from "../conventions/cluster-names";
import { dataUser } from "./placement";

/**
 * The user of node-exporter, which is nobody else's: it sees the processes of its node, and of those of its own user
 * it could read the files, Alertmanager's mounted webhooks among them.
 */
const nodeExporterUser = 65532;

/** What the level `restricted` asks of a pod, and one user for all that is in it. */
const podSecurityContext = {
  runAsUser: dataUser,
  runAsGroup: dataUser,
  runAsNonRoot: true,
  fsGroup: dataUser,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** What the level `restricted` asks of a container, and a root file system that nobody writes to. */
const containerSecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * What the pods may do, as values of the chart. Service links can be switched off where the chart has a value for it,
 * which is so for Prometheus and, among what it takes into the pod as it is, for Alertmanager.
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
    // It never calls the API.
    automountServiceAccountToken: false,
  },
  "kube-state-metrics": {
    securityContext: podSecurityContext,
    containerSecurityContext,
    // Taken out of its cluster role as well. No rule asks for them, and anyone who may list them may read them.
    collectorsExclude: ["configmaps", "secrets"],
  },
  "prometheus-pushgateway": {
    securityContext: podSecurityContext,
    containerSecurityContext,
    automountServiceAccountToken: false,
  },
} satisfies ChartValues;

/** What node-exporter may do: it is on the host's network and reads the host's files, so it is in a separate namespace. */
export function nodeExporterSecurity(namespace: string) {
  return {
    namespaceOverride: nodesNamespace(namespace),
    // The host's /proc is mounted, and shows its processes as it is.
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
      // Runtimes let nobody ask for the clock's state whose bounds are without it. A user that is not root does not get
      // the capability itself, so that it cannot set the clock.
      capabilities: { drop: ["ALL"], add: ["SYS_TIME"] },
    },
  } satisfies ChartValues["prometheus-node-exporter"];
}

/** The chart makes no role for Prometheus: its own would read the ConfigMaps of the whole cluster. */
export const ownRole = { rbac: { create: false } } satisfies ChartValues;
