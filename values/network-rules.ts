import type { ChartValues } from "../chart/values";
import { pushgatewayAccess, readerAccess, releaseName } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { isWithin, privateRanges, withoutNeedless } from "../validation/ranges";
import { alertmanagerOutside, type Outside, prometheusOutside, proxyPorts } from "./outside-ports";
import { alertmanagerPods, serverPods } from "./prometheus-values";

type Labels = Readonly<Record<string, string>>;

/** Pods by label, or addresses by range, in the form of a NetworkPolicy. */
export interface Peer {
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** A port; without a number, every port of its protocol. */
export interface Port {
  readonly protocol: "TCP" | "UDP";
  readonly port?: number;
}

/** One kind of connection that pods may open or accept. */
export interface Rule {
  readonly direction: "from" | "to";
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
  /** Describes the peers; with the purpose, this is a row of the page docs/network-policies.md. */
  readonly whom: string;
  readonly why: string;
}

/** All connections that one kind of pod may have. */
export interface PodRules {
  /** The name of the policy, which is also the name of the pods in docs/network-policies.md. */
  readonly name: string;
  readonly title: string;
  readonly pods: Labels;
  readonly rules: readonly Rule[];
}

export interface NetworkRulesArgs {
  readonly networkPolicies: StackSettings["networkPolicies"];
  /** Ranges of the NLBs' clients. If empty, clients may have any private address. */
  readonly sourceRanges: readonly string[];
  /** Ports of the URLs that are kept in Secrets. */
  readonly secretUrlPorts: readonly number[];
  /** The namespace of Grafana; undefined if it gets no dashboards. */
  readonly grafanaNamespace?: string | undefined;
  /** The chart's values as they are sent to Helm. */
  readonly values: ChartValues;
}

/** Labels of the chart's other pods. */
export const stateMetricsPods = {
  "app.kubernetes.io/name": "kube-state-metrics",
  "app.kubernetes.io/instance": releaseName,
};
export const pushgatewayPods = {
  "app.kubernetes.io/name": "prometheus-pushgateway",
  "app.kubernetes.io/instance": releaseName,
};

/** The addresses of the services with which AWS gives an instance its credentials. */
const linkLocal = "169.254.0.0/16";
const metadataRanges = [linkLocal, "fd00:ec2::/32"];

const tcp = (...ports: readonly number[]): Port[] => ports.map((port) => ({ protocol: "TCP", port }));
const anyTcp: readonly Port[] = [{ protocol: "TCP" }];
// The empty pod selector is needed: without it some plugins leave out pods on the host's network.
const anyPod: Peer = { namespaceSelector: {}, podSelector: {} };
const pods = (matchLabels: Labels): Peer => ({ podSelector: { matchLabels } });
const podsOfNamespaces = (label: { readonly key: string; readonly value: string }): Peer => ({
  namespaceSelector: { matchLabels: { [label.key]: label.value } },
  podSelector: {},
});
const addresses = (ranges: readonly string[]): Peer[] => ranges.map((cidr) => ({ ipBlock: { cidr } }));

/** Destination addresses. Those where a pod could get its node's credentials are always excluded. */
function destinations(ranges: readonly string[]): Peer[] {
  return ranges.map((cidr) => {
    const except = metadataRanges.filter((one) => isWithin(one, cidr) && one !== cidr);
    return { ipBlock: { cidr, ...(except.length > 0 && { except }) } };
  });
}

/** The allowed connections; all other connections are denied. Components that the values disable have no rules. */
export function networkRules(args: NetworkRulesArgs): PodRules[] {
  const { values, secretUrlPorts } = args;
  const { alertmanagerPorts } = args.networkPolicies;
  const nodeRanges = withoutNeedless(args.networkPolicies.nodeRanges);
  const ofAlertmanager = alertmanagerOutside(values.alertmanager?.config, [
    ...alertmanagerPorts,
    ...secretUrlPorts,
    ...proxyPorts(values.alertmanager?.extraEnv),
  ]);
  const isOn = (part: "kube-state-metrics" | "prometheus-pushgateway") => values[part]?.enabled !== false;
  return [
    {
      name: "prometheus",
      title: "Prometheus",
      pods: serverPods,
      rules: [
        uiClients(args, 9090),
        {
          direction: "from",
          whom: `pods of namespaces labelled \`${readerAccess.key}: "${readerAccess.value}"\``,
          why: "readers in the cluster, such as Grafana",
          peers: [podsOfNamespaces(readerAccess)],
          ports: tcp(9090),
        },
        ...(args.grafanaNamespace === undefined ? [] : [fromGrafana(args.grafanaNamespace)]),
        ...(isSeveral(values.server)
          ? [fromPrometheus(tcp(9090), "the metrics of the other server, if there are two")]
          : []),
        {
          direction: "to",
          whom: "every pod of every namespace",
          why: "targets are found by their annotations, at any port; Alertmanager is among them",
          peers: [anyPod],
          ports: anyTcp,
        },
        {
          direction: "to",
          whom: "`networkPolicies.nodeRanges`",
          why: "kubelets (10250), node-exporter (9100), pods on the host's network, the API server",
          peers: destinations(nodeRanges),
          ports: anyTcp,
        },
        dns(nodeRanges),
        ...outside(
          prometheusOutside(values),
          "`longTerm`, and remote write, remote read and scrape targets outside the cluster from `alerting:values`",
        ),
      ],
    },
    {
      name: "alertmanager",
      title: "Alertmanager",
      pods: alertmanagerPods,
      rules: [
        fromPrometheus(tcp(9093), "alerts, and its metrics"),
        uiClients(args, 9093),
        ...(isSeveral(values.alertmanager) ? gossip : []),
        dns(nodeRanges),
        ...outside(ofAlertmanager, "Slack, the heartbeat, further receivers, their proxies and mail servers"),
      ],
    },
    ...(isOn("kube-state-metrics") ? [stateMetrics(args, nodeRanges)] : []),
    ...(isOn("prometheus-pushgateway") ? [pushgateway] : []),
  ];
}

/** Grafana's pods have this label if its chart created them. */
const grafanaPods = { "app.kubernetes.io/name": "grafana" };

function fromGrafana(namespace: string): Rule {
  return {
    direction: "from",
    whom: 'pods labelled `app.kubernetes.io/name: "grafana"` in `dashboards.namespace`',
    why: "the dashboards, if that namespace is set",
    peers: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: { matchLabels: grafanaPods },
      },
    ],
    ports: tcp(9090),
  };
}

const isSeveral = (component: { readonly replicaCount?: number } | undefined) => (component?.replicaCount ?? 1) > 1;

/** Several Alertmanagers agree by gossip which of them sends a message. */
const gossip = (["from", "to"] as const).map((direction): Rule => ({
  direction,
  whom: "Alertmanager",
  why: "gossip, if there are several: silences, and which messages are sent already",
  peers: [pods(alertmanagerPods)],
  ports: [{ protocol: "UDP", port: 9094 }, ...tcp(9094)],
}));

function stateMetrics({ networkPolicies }: NetworkRulesArgs, nodeRanges: readonly string[]): PodRules {
  return {
    name: "kube-state-metrics",
    title: "kube-state-metrics",
    pods: stateMetricsPods,
    rules: [
      fromPrometheus(anyTcp, "its metrics, at the port that the chart's values give it"),
      {
        direction: "to",
        whom: "`networkPolicies.nodeRanges`",
        why: "the API server, at `networkPolicies.apiServerPorts`",
        peers: destinations(nodeRanges),
        ports: tcp(...networkPolicies.apiServerPorts),
      },
      dns(nodeRanges),
    ],
  };
}

const pushgateway: PodRules = {
  name: "pushgateway",
  title: "Pushgateway",
  pods: pushgatewayPods,
  rules: [
    fromPrometheus(tcp(9091), "its metrics"),
    {
      direction: "from",
      whom: `pods of namespaces labelled \`${pushgatewayAccess.key}: "${pushgatewayAccess.value}"\``,
      why: "batch jobs that push",
      peers: [podsOfNamespaces(pushgatewayAccess)],
      ports: tcp(9091),
    },
  ],
};

/**
 * The peers that may open a page. Traffic through an NLB has the address of a node, which kube-proxy sets, or the
 * client's address if that is preserved.
 */
function uiClients({ networkPolicies, sourceRanges }: NetworkRulesArgs, port: number): Rule {
  const clients = sourceRanges.length > 0 ? sourceRanges : privateRanges;
  return {
    direction: "from",
    whom: "`loadBalancer.sourceRanges` (private addresses if empty) and `networkPolicies.nodeRanges`",
    why: "the page, through the NLB, whose packets arrive with a node's address or the client's",
    peers: addresses(withoutNeedless([...clients, ...networkPolicies.nodeRanges])),
    ports: tcp(port),
  };
}

function fromPrometheus(ports: readonly Port[], why: string): Rule {
  return { direction: "from", whom: "Prometheus", why, peers: [pods(serverPods)], ports };
}

function dns(nodeRanges: readonly string[]): Rule {
  return {
    direction: "to",
    whom: "every pod, `networkPolicies.nodeRanges` and link-local addresses",
    why: "DNS: the cluster's DNS as pods, on the nodes, or as NodeLocal DNSCache",
    peers: [anyPod, ...destinations([...nodeRanges.filter((range) => range !== linkLocal), linkLocal])],
    ports: [{ protocol: "UDP", port: 53 }, ...tcp(53)],
  };
}

function outside({ ports, asksInstance }: Outside, why: string): Rule[] {
  const anywhere: Rule = {
    direction: "to",
    whom: "any address but the instance's metadata service",
    why,
    peers: [...destinations(["0.0.0.0/0", "::/0"]), anyPod],
    ports: tcp(...ports),
  };
  const instance: Rule = {
    direction: "to",
    whom: "the instance's metadata service",
    why: "credentials for signed requests to AWS",
    peers: addresses(["169.254.169.254/32", "fd00:ec2::254/128"]),
    ports: tcp(80),
  };
  return [...(ports.length > 0 ? [anywhere] : []), ...(asksInstance ? [instance] : [])];
}
