import type { Threat } from "./threat";

export const networkThreats: readonly Threat[] = [
  {
    threat: "Install without network policies, unknowingly",
    mitigation: "`networkPolicies.enabled` is the default",
    test: {
      spec: "test/unit/components/alerting.spec.ts",
      title: "makes just what is needed with no storage: nothing in AWS, no volume",
    },
  },
  {
    threat: "Start a pod in the namespace and talk to anyone",
    mitigation: "the policy `deny-all`",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "leave a pod that somebody starts in the namespace alone with itself",
    },
  },
  {
    threat: "The same beside node-exporter",
    mitigation: "the policy `deny-all-nodes`",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "leave a pod that somebody starts beside node-exporter alone with itself",
    },
  },
  {
    threat: "Read every metric from a pod",
    mitigation: "only namespaces labeled `alerting-reader`",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep pods of other namespaces from Prometheus, unless their namespace is labelled a reader",
    },
  },
  {
    threat: "Silence or forge alerts from a pod",
    mitigation: "only Prometheus reaches Alertmanager",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep everybody in the cluster but Prometheus from Alertmanager, where alerts could be silenced",
    },
  },
  {
    threat: "Push false metrics",
    mitigation: "only namespaces labeled `alerting-pushgateway`",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "let nobody push to the Pushgateway whose namespace is not labelled for it",
    },
  },
  {
    threat: "Query kube-state-metrics",
    mitigation: "only Prometheus reaches it",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "let nobody but Prometheus ask kube-state-metrics, which knows every object of the cluster",
    },
  },
  {
    threat: "Reach the pages from a foreign address",
    mitigation: "`loadBalancer.sourceRanges`, else private addresses",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep addresses that are not private from the pages",
    },
  },
  {
    threat: "Reach other ports of the two pods",
    mitigation: "only ports 9090 and 9093",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "let the pages' ports alone be reached from the nodes",
    },
  },
  {
    threat: "Send cluster objects out from kube-state-metrics",
    mitigation: "only DNS and `apiServerPorts`",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep kube-state-metrics, which reads the whole cluster, from sending it anywhere",
    },
  },
  {
    threat: "Go on from the Pushgateway",
    mitigation: "it may connect to nothing",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep the Pushgateway, to which apps push what they like, from asking anybody",
    },
  },
  {
    threat: "Send metrics to the internet",
    mitigation: "only ports that `alerting:values` names",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep Prometheus from the internet, as long as no values have it write there",
    },
  },
  {
    threat: "Open a shell from Alertmanager to outside",
    mitigation: "only port 443 and its receivers' ports",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "open no port to Alertmanager but that of https",
    },
  },
  {
    threat: "Get the node's AWS credentials",
    mitigation: "the metadata service is in no rule",
    test: {
      spec: "test/unit/components/network-policies.spec.ts",
      title: "keep every pod from the instance's metadata service, where it could become its node",
    },
  },
  {
    threat: "`0.0.0.0/0` or `::/0` as a source range",
    mitigation: "refused, unless `allowAnySource` confirms it",
    test: {
      spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
      title: "are refused once where one of them is the whole internet",
    },
  },
  {
    threat: "Two halves of the internet as source ranges",
    mitigation: "ranges are judged together",
    test: {
      spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
      title: "are refused where two halves are the whole internet",
    },
  },
  {
    threat: "Most of the internet in small pieces",
    mitigation: "half of IPv4 or more is refused",
    test: {
      spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
      title: "are refused where they are half of it or more, however it is cut",
    },
  },
  {
    threat: "All assigned IPv6, `2000::/3`",
    mitigation: "measured by what is assigned",
    test: {
      spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
      title: "are refused where they are half of the IPv6 that is given out, or more",
    },
  },
  {
    threat: "IPv4 written as `::ffff:0:0/96`",
    mitigation: "refused, with the range as IPv4",
    test: { spec: "test/unit/lookup/cluster/node-ranges.spec.ts", title: "of IPv4 are not hidden in IPv6" },
  },
  {
    threat: "Node ranges that are the whole internet",
    mitigation: "refused",
    test: {
      spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
      title: "may not be half of the internet, whatever is allowed to the NLBs",
    },
  },
  {
    threat: "Open the chart's own policies by an override",
    mitigation: "refused at preview",
    test: {
      spec: "test/unit/chart/overrides/keys.spec.ts",
      title: 'have a sentence: {"networkPolicy":{"enabled":true}}',
    },
  },
];
