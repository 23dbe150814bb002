import type { Threat } from "./threat";

export const podsThreats: readonly Threat[] = [
  {
    threat: "Start a privileged pod beside Prometheus",
    mitigation: "Pod Security `restricted`, version pinned",
    tests: [{ spec: "test/lab/pod-security.spec.ts", title: "refuses a pod that is privileged beside Prometheus" }],
  },
  {
    threat: "Use a cluster that does not enforce Pod Security",
    mitigation: "checked before the program applies anything",
    tests: [
      {
        spec: "test/unit/lookup/cluster/pod-security.spec.ts",
        title: "is a fault that says what to do: it takes a namespace that asks for a level that there is not",
      },
    ],
  },
  {
    threat: "Loosen the Pod Security level by hand",
    mitigation: "reported by the next preview",
    tests: [
      {
        spec: "test/unit/lookup/cluster/pod-security.spec.ts",
        title: "is a fault where somebody else set it on the stack's own, with what to run",
      },
    ],
  },
  {
    threat: "Read Secrets with Prometheus' token",
    mitigation: "a built-in cluster role that only allows scraping",
    tests: [
      { spec: "test/lab/pod-security.spec.ts", title: "lets Prometheus' token read neither Secrets nor ConfigMaps" },
    ],
  },
  {
    threat: "Get the chart's wider cluster role, for example by an override",
    mitigation: "`rbac.create: false`, and refused at preview",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "is said by a role of ours: the chart makes none" },
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: 'keeps its token and our role, whatever an override says: {"rbac":{"create":true}}',
      },
    ],
  },
  {
    threat: "Run commands in pods through a kubelet",
    mitigation: "`nodes/metrics` instead of `nodes/proxy`",
    tests: [{ spec: "test/lab/pod-security.spec.ts", title: "lets Prometheus' token do nothing on nodes or in pods" }],
  },
  {
    threat: "Read Secrets with kube-state-metrics' token",
    mitigation: "`collectorsExclude`",
    tests: [
      {
        spec: "test/lab/pod-security.spec.ts",
        title: "lets kube-state-metrics' token read neither Secrets nor ConfigMaps",
      },
    ],
  },
  {
    threat: "Find an API token in Alertmanager, the Pushgateway or node-exporter",
    mitigation: "`automountServiceAccountToken: false`",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "Alertmanager has no token of the API" },
      { spec: "test/unit/values/pod-security.spec.ts", title: "Pushgateway has no token of the API" },
      { spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter has no token of the API" },
    ],
  },
  {
    threat: "Find Services in Prometheus' or Alertmanager's environment variables",
    mitigation: "`enableServiceLinks: false`",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Prometheus is told of no other Service by its environment",
      },
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Alertmanager is told of no other Service by its environment",
      },
    ],
  },
  {
    threat: "Store a program in a container",
    mitigation: "`readOnlyRootFilesystem: true`",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "Alertmanager cannot write to its own file system" },
    ],
  },
  {
    threat: "Gain kernel rights in a container",
    mitigation: "no privilege escalation, no capabilities",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Prometheus gets no further rights of the kernel, and drops those that it has",
      },
    ],
  },
  {
    threat: "Signal a node's processes from node-exporter",
    mitigation: "`hostPID: false`",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter is not among its node's processes" },
    ],
  },
  {
    threat: "Read the webhook through a node's `/proc`",
    mitigation: "node-exporter has its own user",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "node-exporter is a user of its own, so that it cannot read in the files of others' processes",
      },
    ],
  },
  {
    threat: "Use the host's network beside Prometheus",
    mitigation: "node-exporter has its own namespace",
    tests: [{ spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter is in a namespace of its own" }],
  },
];
