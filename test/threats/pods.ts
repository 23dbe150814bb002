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
        title: "is recognized because it accepts an invalid Pod Security level, and is reported with what to do",
      },
    ],
  },
  {
    threat: "Loosen the Pod Security level by hand",
    mitigation: "reported by the next preview",
    tests: [
      {
        spec: "test/unit/lookup/cluster/pod-security.spec.ts",
        title: "is reported with the command to run if someone else set the level on the stack's namespace",
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
      { spec: "test/unit/values/pod-security.spec.ts", title: "come from the program's role: the chart creates none" },
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: `keeps its token and the program's role despite an override: {"rbac":{"create":true}}`,
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
      { spec: "test/unit/values/pod-security.spec.ts", title: "Alertmanager has no API token" },
      { spec: "test/unit/values/pod-security.spec.ts", title: "Pushgateway has no API token" },
      { spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter has no API token" },
    ],
  },
  {
    threat: "Find Services in Prometheus' or Alertmanager's environment variables",
    mitigation: "`enableServiceLinks: false`",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Prometheus gets no environment variables about other Services",
      },
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Alertmanager gets no environment variables about other Services",
      },
    ],
  },
  {
    threat: "Store a program in a container",
    mitigation: "`readOnlyRootFilesystem: true`",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "Alertmanager cannot write to its root file system" },
    ],
  },
  {
    threat: "Gain kernel rights in a container",
    mitigation: "no privilege escalation, no capabilities",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "Prometheus cannot gain privileges, and drops all capabilities",
      },
    ],
  },
  {
    threat: "Signal a node's processes from node-exporter",
    mitigation: "`hostPID: false`",
    tests: [
      { spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter is not in its node's process namespace" },
    ],
  },
  {
    threat: "Read the webhook through a node's `/proc`",
    mitigation: "node-exporter has its own user",
    tests: [
      {
        spec: "test/unit/values/pod-security.spec.ts",
        title: "node-exporter has a separate user, so that it cannot read files of other processes",
      },
    ],
  },
  {
    threat: "Use the host's network beside Prometheus",
    mitigation: "node-exporter has its own namespace",
    tests: [{ spec: "test/unit/values/pod-security.spec.ts", title: "node-exporter is in a separate namespace" }],
  },
];
