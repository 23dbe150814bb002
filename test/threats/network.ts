import type { Threat } from "./threat";

export const networkThreats: readonly Threat[] = [
  {
    threat: "Install without network policies by mistake",
    mitigation: "`networkPolicies.enabled` is the default",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "makes just what is needed with no storage: nothing in AWS, no volume",
      },
    ],
  },
  {
    threat: "Start a pod in one of the two namespaces and connect to anything",
    mitigation: "the policies `deny-all` and `deny-all-nodes`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "leave a pod that somebody starts in the namespace alone with itself",
      },
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "leave a pod that somebody starts beside node-exporter alone with itself",
      },
    ],
  },
  {
    threat: "Read every metric from a pod",
    mitigation: "only namespaces labeled `alerting-reader`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep pods of other namespaces from Prometheus, unless their namespace is labelled a reader",
      },
    ],
  },
  {
    threat: "Silence or forge alerts from a pod",
    mitigation: "only Prometheus reaches Alertmanager",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep everybody in the cluster but Prometheus from Alertmanager, where alerts could be silenced",
      },
    ],
  },
  {
    threat: "Push false metrics",
    mitigation: "only namespaces labeled `alerting-pushgateway`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "let nobody push to the Pushgateway whose namespace is not labelled for it",
      },
    ],
  },
  {
    threat: "Query kube-state-metrics",
    mitigation: "only Prometheus reaches it",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "let nobody but Prometheus ask kube-state-metrics, which knows every object of the cluster",
      },
    ],
  },
  {
    threat: "Reach the pages from an address that is not allowed",
    mitigation: "only `loadBalancer.sourceRanges`, or private addresses if it is not set",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep addresses that are not private from the pages",
      },
    ],
  },
  {
    threat: "Reach other ports of the two pods",
    mitigation: "only ports 9090 and 9093",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "let the pages' ports alone be reached from the nodes",
      },
    ],
  },
  {
    threat: "Send cluster objects out from kube-state-metrics",
    mitigation: "only DNS and `apiServerPorts`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep kube-state-metrics, which reads the whole cluster, from sending it anywhere",
      },
    ],
  },
  {
    threat: "Attack other targets from the Pushgateway",
    mitigation: "the Pushgateway may not open connections",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep the Pushgateway, to which apps push what they like, from asking anybody",
      },
    ],
  },
  {
    threat: "Send metrics to the internet",
    mitigation: "only to ports that `alerting:values` names",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep Prometheus from the internet, as long as no values have it write there",
      },
    ],
  },
  {
    threat: "Open a connection from Alertmanager to an attacker's server",
    mitigation: "only port 443 and its receivers' ports",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "open no port to Alertmanager but that of https",
      },
    ],
  },
  {
    threat: "Get the node's AWS credentials",
    mitigation: "no policy allows the metadata service",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "keep every pod from the instance's metadata service, where it could become its node",
      },
    ],
  },
  {
    threat:
      "Open the NLBs to the internet: by `0.0.0.0/0`, two halves, many small ranges, all assigned IPv6, IPv4 as IPv6",
    mitigation: "refused, unless `allowAnySource` confirms it",
    tests: [
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused once where one of them is the whole internet",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused where two halves are the whole internet",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused where they are half of it or more, however it is cut",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused where they are half of the IPv6 that is given out, or more",
      },
      { spec: "test/unit/lookup/cluster/node-ranges.spec.ts", title: "of IPv4 are not hidden in IPv6" },
    ],
  },
  {
    threat: "Configure node ranges that cover the whole internet",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "may not be half of the internet, whatever is allowed to the NLBs",
      },
    ],
  },
  {
    threat: "Enable the chart's own network policies by an override",
    mitigation: "refused at preview",
    tests: [
      { spec: "test/unit/chart/overrides/keys.spec.ts", title: 'have a sentence: {"networkPolicy":{"enabled":true}}' },
    ],
  },
];
