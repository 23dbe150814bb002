import type { Door } from "./door";

const values = "chart/pod-security.ts";
const of = (title: string) => ({ spec: "test/unit/values/pod-security.spec.ts", title });
const byTheApi = (title: string) => ({ spec: "test/lab/pod-security.spec.ts", title });
const faults = (title: string) => ({ spec: "test/unit/lookup/cluster/pod-security.spec.ts", title });

const inContainer = "whoever gets into one of the containers";
const creator = "whoever may create pods in the namespace";
const noEnforcement =
  "a cluster where `podSecurity` is `unenforced`; users that the cluster's own admission configuration exempts";
const runtime = "the node's runtime, which has to carry it out";

/** Doors of the pods: what they may do on their nodes, and what their tokens may read. */
export const podDoors: readonly Door[] = [
  {
    door: "Start a privileged pod beside Prometheus",
    who: creator,
    reach: "the node and all that runs on it",
    stoppedBy: "the Pod Security level `restricted`, which the namespace enforces in a fixed version",
    remains: noEnforcement,
    test: byTheApi("refuses a pod that is privileged beside Prometheus"),
    openedBy: {
      file: "conventions/namespace-security.ts",
      find: '...(podSecurity === "required" ? ["enforce"] : []), ',
      replace: "",
    },
  },
  {
    door: "Have the level ignored by a cluster that does not know it",
    who: creator,
    reach: "the node and all that runs on it",
    stoppedBy: "the check before anything is applied, which asks the API server for a level that there is not",
    remains: "an admission plugin that is taken away later, until the next preview",
    test: faults("is a fault that says what to do: it takes a namespace that asks for a level that there is not"),
    openedBy: { file: "lookup/cluster/pod-security.ts", find: "    return false;", replace: "    return true;" },
  },
  {
    door: "Loosen the namespace's level by hand, and have it stay loose",
    who: "whoever may label namespaces",
    reach: "the node and all that runs on it, by a pod of theirs",
    stoppedBy: "the check before anything is applied, which names who set the label",
    remains: "the time until the next preview; the drift check, where it is run, tells within a day",
    test: faults("is a fault where somebody else set it on the stack's own, with what to run"),
    openedBy: {
      file: "lookup/cluster/pod-security.ts",
      find: "wanted[key] !== value &&",
      replace: "wanted[key] === value &&",
    },
  },
  {
    door: "Read the cluster's Secrets and ConfigMaps with Prometheus' token",
    who: "whoever gets into Prometheus' container",
    reach: "every credential that is in the cluster",
    stoppedBy: "a cluster role of this program's own, with what the scrape jobs need; the chart's is not made",
    remains: "nodes, pods, Services and metrics of all namespaces",
    test: byTheApi("lets Prometheus' token read neither Secrets nor ConfigMaps"),
    openedBy: {
      file: "values/scrape-rights.ts",
      find: 'find("", "nodes", "services", "pods"),',
      replace: 'find("", "nodes", "services", "pods", "configmaps", "secrets"),',
    },
  },
  {
    door: "Have the chart's own role, which reads ConfigMaps, beside ours",
    who: "whoever gets into Prometheus' container",
    reach: "every ConfigMap of the cluster, and what people leave in them",
    stoppedBy: "`rbac.create: false` among the chart's values",
    remains: "nothing known",
    test: of("is said by a role of ours: the chart makes none"),
    openedBy: { file: values, find: "rbac: { create: false }", replace: "rbac: { create: true }" },
  },
  {
    door: "Run commands in pods by a kubelet's proxy, with Prometheus' token",
    who: "whoever gets into Prometheus' container",
    reach: "every pod of the cluster",
    stoppedBy: "`nodes/metrics` in the place of `nodes/proxy`",
    remains: "nothing known",
    test: byTheApi("lets Prometheus' token do nothing on nodes or in pods"),
    openedBy: {
      file: "values/scrape-rights.ts",
      find: 'resources: ["nodes/metrics"], verbs: ["get"]',
      replace: 'resources: ["nodes/metrics", "nodes/proxy"], verbs: ["get", "create"]',
    },
  },
  {
    door: "Read the cluster's Secrets with kube-state-metrics' token",
    who: "whoever gets into its container",
    reach: "every credential that is in the cluster: whoever may list Secrets may read them",
    stoppedBy: "`collectorsExclude`, which takes the collector and the right away",
    remains: "what the other collectors list",
    test: byTheApi("lets kube-state-metrics' token read neither Secrets nor ConfigMaps"),
    openedBy: { file: values, find: '["configmaps", "secrets"]', replace: '["configmaps"]' },
  },
  {
    door: "Find a token of the API in Alertmanager",
    who: "whoever gets into its container, which talks to the internet",
    reach: "what any account of the cluster may ask",
    stoppedBy: "`automountServiceAccountToken: false`",
    remains: "nothing known",
    test: of("Alertmanager has no token of the API"),
    openedBy: {
      file: values,
      find: "// It never calls the API.\n    automountServiceAccountToken: false,",
      replace: "automountServiceAccountToken: true,",
    },
  },
  {
    door: "Find a token of the API in the Pushgateway",
    who: "whoever gets into its container, to which every job may talk",
    reach: "what any account of the cluster may ask",
    stoppedBy: "`automountServiceAccountToken: false`",
    remains: "nothing known",
    test: of("Pushgateway has no token of the API"),
    openedBy: {
      file: values,
      find: "containerSecurityContext,\n    automountServiceAccountToken: false,",
      replace: "containerSecurityContext,\n    automountServiceAccountToken: true,",
    },
  },
  {
    door: "Find a token of the API in node-exporter",
    who: "whoever gets into its container, which is on every node",
    reach: "what any account of the cluster may ask",
    stoppedBy: "`serviceAccount.automountServiceAccountToken: false`",
    remains: "nothing known",
    test: of("node-exporter has no token of the API"),
    openedBy: {
      file: values,
      find: "serviceAccount: { automountServiceAccountToken: false },",
      replace: "serviceAccount: { automountServiceAccountToken: true },",
    },
  },
  {
    door: "Read from Prometheus' environment where the namespace's Services are",
    who: inContainer,
    reach: "a map of what else there is to attack",
    stoppedBy: "`enableServiceLinks: false`",
    remains:
      "the addresses of the namespace's Services in kube-state-metrics, the Pushgateway and node-exporter, for which the chart has no such value",
    test: of("Prometheus is told of no other Service by its environment"),
    openedBy: {
      file: values,
      find: "containerSecurityContext,\n    enableServiceLinks: false,",
      replace: "containerSecurityContext,\n    enableServiceLinks: true,",
    },
  },
  {
    door: "Read from Alertmanager's environment where the namespace's Services are",
    who: inContainer,
    reach: "a map of what else there is to attack",
    stoppedBy: "`enableServiceLinks: false` among what the chart takes into the pod as it is",
    remains: "the same as for Prometheus",
    test: of("Alertmanager is told of no other Service by its environment"),
    openedBy: {
      file: values,
      find: "extraPodConfigs: { enableServiceLinks: false },",
      replace: "extraPodConfigs: { enableServiceLinks: true },",
    },
  },
  {
    door: "Leave a program in a container, to be run there",
    who: inContainer,
    reach: "tools of one's own beside the data and the mounted secrets",
    stoppedBy: "`readOnlyRootFilesystem: true` in every container",
    remains: "the volume of the data, which has to be written to",
    test: of("Alertmanager cannot write to its own file system"),
    openedBy: { file: values, find: "readOnlyRootFilesystem: true", replace: "readOnlyRootFilesystem: false" },
  },
  {
    door: "Gain the kernel's rights from within a container",
    who: inContainer,
    reach: "the node",
    stoppedBy: "`allowPrivilegeEscalation: false`, and every capability dropped",
    remains: `a fault of the kernel; ${runtime}`,
    test: of("Prometheus gets no further rights of the kernel, and drops those that it has"),
    openedBy: { file: values, find: "allowPrivilegeEscalation: false", replace: "allowPrivilegeEscalation: true" },
  },
  {
    door: "See and signal every process of a node from node-exporter",
    who: "whoever gets into its container",
    reach: "the processes of its user, and the arguments of all",
    stoppedBy: "`hostPID: false`: the mounted `/proc` is enough for its metrics",
    remains: "the list of processes, which that `/proc` has",
    test: of("node-exporter is not among its node's processes"),
    openedBy: { file: values, find: "hostPID: false", replace: "hostPID: true" },
  },
  {
    door: "Read Alertmanager's mounted webhook from node-exporter, by the node's `/proc`",
    who: "whoever gets into node-exporter's container on a master",
    reach: "the webhooks, and what else is mounted in pods of the same user",
    stoppedBy: "a user of its own for node-exporter",
    remains: "files that everybody on the node may read",
    test: of("node-exporter is a user of its own, so that it cannot read in the files of others' processes"),
    openedBy: { file: values, find: "nodeExporterUser = 65532", replace: "nodeExporterUser = dataUser" },
  },
  {
    door: "Start pods on the host's network beside Prometheus, because node-exporter has to",
    who: creator,
    reach: "what the nodes reach, past every network policy",
    stoppedBy: "a namespace for node-exporter alone",
    remains: "whoever may create pods in that namespace, where the level is `privileged`: give that right to nobody",
    test: of("node-exporter is in a namespace of its own"),
    openedBy: {
      file: values,
      find: "namespaceOverride: nodesNamespace(namespace),",
      replace: "namespaceOverride: namespace,",
    },
  },
  {
    door: "Give Prometheus the chart's own role back, by an override",
    who: "whoever may change the stack's file",
    reach: "every ConfigMap of the cluster, by Prometheus' token",
    stoppedBy: "`rbac.create: true` in `alerting:values` is refused at preview",
    remains: "roles that are bound beside the stack, in the cluster",
    test: of('keeps its token and our role, whatever an override says: {"rbac":{"create":true}}'),
    openedBy: { file: "chart/overrides/server.ts", find: '"rbac.create",', replace: '"rbac.created",' },
  },
];
