import type { Threat } from "./threat";

export const networkThreats: readonly Threat[] = [
  {
    threat: "Install without network policies by mistake",
    mitigation: "`networkPolicies.enabled` is the default",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "creates exactly the needed resources with no storage: nothing in AWS, no volume",
      },
    ],
  },
  {
    threat: "Start a pod in one of the two namespaces and connect to anything",
    mitigation: "the policies `deny-all` and `deny-all-nodes`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "isolate an unknown pod in the namespace",
      },
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "isolate an unknown pod beside node-exporter",
      },
    ],
  },
  {
    threat: "Read every metric from a pod",
    mitigation: "only namespaces labeled `alerting-reader`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "block pods in other namespaces from Prometheus, unless their namespace is labeled as a reader",
      },
    ],
  },
  {
    threat: "Silence or forge alerts from a pod",
    mitigation: "only Prometheus reaches Alertmanager",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "block all pods except Prometheus from Alertmanager, where alerts can be silenced",
      },
    ],
  },
  {
    threat: "Forge silences or suppress messages by the gossip of several Alertmanagers",
    mitigation:
      "only Alertmanagers reach port 9094, if the network plugin enforces policies; gossip has no password and no encryption",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title:
          "let several Alertmanagers gossip by TCP and UDP with each other, and let two Prometheus scrape each other",
      },
    ],
  },
  {
    threat: "Push false metrics",
    mitigation: "only namespaces labeled `alerting-pushgateway`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "allow pushing to the Pushgateway only from labeled namespaces",
      },
    ],
  },
  {
    threat: "Query kube-state-metrics",
    mitigation: "only Prometheus reaches it",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "allow only Prometheus to query kube-state-metrics, which knows every object in the cluster",
      },
    ],
  },
  {
    threat: "Reach the pages from an address that is not allowed",
    mitigation: "only `loadBalancer.sourceRanges`, or private addresses if it is not set",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "do not let public addresses reach the pages",
      },
    ],
  },
  {
    threat: "Reach other ports of the two pods",
    mitigation: "only ports 9090 and 9093",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "allow the nodes to reach only the pages' ports",
      },
    ],
  },
  {
    threat: "Send cluster objects out from kube-state-metrics",
    mitigation: "only DNS and `apiServerPorts`",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "prevent kube-state-metrics, which reads the whole cluster, from sending data anywhere",
      },
    ],
  },
  {
    threat: "Attack other targets from the Pushgateway",
    mitigation: "the Pushgateway may not open connections",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "block all outgoing connections of the Pushgateway, to which apps may push anything",
      },
    ],
  },
  {
    threat: "Send metrics to the internet",
    mitigation: "only to ports that `alerting:values` names",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "block Prometheus from the internet, unless values configure a remote write",
      },
    ],
  },
  {
    threat: "Open a connection from Alertmanager to an attacker's server",
    mitigation: "only port 443 and its receivers' ports",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "allow Alertmanager to connect only to the HTTPS port",
      },
    ],
  },
  {
    threat: "Get the node's AWS credentials",
    mitigation: "no policy allows the metadata service",
    tests: [
      {
        spec: "test/unit/components/network-policies.spec.ts",
        title: "block every pod from the instance metadata service, where a pod could obtain the node's credentials",
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
        title: "are reported once if one of them is the whole internet",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused if two halves add up to the whole internet",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused if they cover half of IPv4 or more, however they are split",
      },
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "are refused if they cover half of the assigned IPv6 addresses or more",
      },
      { spec: "test/unit/lookup/cluster/node-ranges.spec.ts", title: "for IPv4 may not be written as IPv6" },
    ],
  },
  {
    threat: "Configure node ranges that cover the whole internet",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/lookup/cluster/node-ranges.spec.ts",
        title: "may not cover half of the internet, even if the NLBs allow any source",
      },
    ],
  },
  {
    threat: "Enable the chart's own network policies by an override",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/chart/overrides/keys.spec.ts",
        title: 'are reported in a sentence: {"networkPolicy":{"enabled":true}}',
      },
    ],
  },
];
