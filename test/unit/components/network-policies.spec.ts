import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AlertmanagerConfig } from "../../../alertmanager/config";
import { nodesNamespace, pushgatewayAccess } from "../../../conventions/cluster-names";
import { NetworkPolicies } from "../../../components/network-policies";
import { networkRules } from "../../../values/network-rules";
import { releaseValues } from "../../../values/release-values";
import { withRules } from "../../../values/write-network-rules";
import { record, settled } from "../../support/mocks";
import { type End, type Flow, isAllowed, type Plugin, type Policy, withOneLess } from "../../support/network-flows";
import { configuration, settings, type Values } from "../../support/settings";

/** The network policies that the program registers for a configuration. */
async function policiesOf(values: Values = {}, secretUrlPorts?: readonly number[]): Promise<Policy[]> {
  const recorder = await record();
  const whole = settings(values);
  new NetworkPolicies("network", {
    namespace: whole.namespace,
    nodesNamespace: nodesNamespace(whole.namespace),
    networkPolicies: whole.networkPolicies,
    sourceRanges: whole.loadBalancer.sourceRanges,
    secretUrlPorts: secretUrlPorts ?? whole.secretUrlPorts ?? [],
    grafanaNamespace: whole.dashboards.namespace,
    values: releaseValues(configuration(values).settings, []).values,
    labels: {},
    after: [],
  });
  await settled();
  return recorder.all(":NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
}

let nextAddress = 0;
/** A pod in the cluster's pod range, unless another address is given. */
function pod(
  namespace: string,
  labels: Record<string, string> = {},
  namespaceLabels: Record<string, string> = {},
): End {
  const address = `10.244.0.${++nextAddress}`;
  const name = { "kubernetes.io/metadata.name": namespace };
  return { address, pod: { namespace, labels, namespaceLabels: { ...namespaceLabels, ...name } } };
}
const ours = (name: string, more: Record<string, string> = {}) =>
  pod("monitoring", {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": "prometheus",
    "app.kubernetes.io/managed-by": "Helm",
    ...more,
  });
const host = (address: string): End => ({ address });

const prometheus = ours("prometheus", { "app.kubernetes.io/component": "server" });
const alertmanager = ours("alertmanager");
const stateMetrics = ours("kube-state-metrics", { "app.kubernetes.io/component": "metrics" });
const pushgateway = ours("prometheus-pushgateway");
const own = { prometheus, alertmanager, stateMetrics, pushgateway };

const app = pod("shop", { app: "shop" });
const pusher = pod("batch", { app: "batch" }, { "alerting-pushgateway": "true" });
const reader = pod("grafana", { app: "grafana" }, { "alerting-reader": "true" });
const stranger = pod("monitoring", { app: "stranger" });
const strangerOnNodes = pod("monitoring-nodes", { app: "stranger" });
const clusterDns = pod("kube-system", { "k8s-app": "kube-dns" });
/** One address in each private range. */
const nodes = ["10.0.1.10", "100.64.3.4", "172.16.5.6", "192.168.7.8"].map(host);
const node = nodes[0]!;
const slack = host("203.0.113.7");
const slackByIpv6 = host("2001:db8::7");
const localDns = host("169.254.20.10");
const metadata = host("169.254.169.254");
const metadataByIpv6 = host("fd00:ec2::254");

const tcp = (from: End, to: End, port: number): Flow => ({ from, to, port, protocol: "TCP" });
const udp = (from: End, to: End, port: number): Flow => ({ from, to, port, protocol: "UDP" });
const names = (from: End): Flow[] =>
  [clusterDns, ...nodes, localDns].flatMap((to) => [tcp(from, to, 53), udp(from, to, 53)]);

/** The connections that must be allowed with the minimal configuration. */
const needed: readonly Flow[] = [
  ...[app, pusher, clusterDns, alertmanager, stateMetrics, pushgateway].flatMap((to) =>
    [80, 8080, 9091, 9093].map((port) => tcp(prometheus, to, port)).filter(({ port }) => takes(to, port)),
  ),
  ...nodes.flatMap((to) => [10250, 9100, 6443].map((port) => tcp(prometheus, to, port))),
  ...nodes.flatMap((from) => [tcp(from, prometheus, 9090), tcp(from, alertmanager, 9093)]),
  tcp(reader, prometheus, 9090),
  tcp(pusher, pushgateway, 9091),
  ...[prometheus, alertmanager, stateMetrics].flatMap(names),
  ...nodes.flatMap((to) => [443, 6443].map((port) => tcp(stateMetrics, to, port))),
  ...[slack, slackByIpv6, app].map((to) => tcp(alertmanager, to, 443)),
];

function takes(to: End, port: number): boolean {
  const only = new Map([
    [alertmanager, 9093],
    [pushgateway, 9091],
  ]).get(to);
  return only === undefined || only === port;
}

/** Two kinds of network plugins: an address range excludes pods in one kind, and includes pods in the other. */
const strict: Plugin = { rangesHoldPods: false };
const wide: Plugin = { rangesHoldPods: true };

const shown = ({ from, to, port, protocol }: Flow) => {
  const of = ({ address, pod }: End) => (pod ? `${pod.namespace}/${Object.values(pod.labels)[0] ?? "?"}` : address);
  return `${of(from)} -> ${of(to)} ${protocol} ${port}`;
};
/** The flows that the policies allow. */
const through = (policies: readonly Policy[], flows: readonly Flow[], plugin: Plugin = strict) =>
  flows.filter((flow) => isAllowed(policies, flow, plugin)).map(shown);
const assertRefused = (policies: readonly Policy[], flows: readonly Flow[], plugin: Plugin = strict) =>
  assert.deepEqual(through(policies, flows, plugin), []);
const assertAllowed = (policies: readonly Policy[], flows: readonly Flow[], plugin: Plugin = strict) =>
  assert.deepEqual(through(policies, flows, plugin), flows.map(shown));

describe("the network policies of the minimal configuration", () => {
  let policies: Policy[];
  before(async () => (policies = await policiesOf()));

  it("allow all needed connections, however the plugin interprets address ranges", () => {
    assertAllowed(policies, needed, strict);
    assertAllowed(policies, needed, wide);
  });

  it("have no unnecessary policy, rule, peer or port: without any one of them, the verdict on some connection changes", () => {
    const asked = [...needed, ...refused];
    const verdicts = (of: readonly Policy[]) => asked.map((flow) => isAllowed(of, flow, strict)).join();
    const before = verdicts(policies);
    let tried = 0;
    for (const { without, policies: less } of withOneLess(policies)) {
      assert.notEqual(verdicts(less), before, `nobody would miss ${without}`);
      tried++;
    }
    assert.ok(tried > 50, String(tried));
  });

  it("isolate an unknown pod in the namespace", () => {
    const others = [app, clusterDns, node, slack, ...Object.values(own)];
    assertRefused(policies, [
      ...others.flatMap((other) => [tcp(stranger, other, 443), tcp(other, stranger, 8080)]),
      ...names(stranger),
    ]);
  });

  it("isolate an unknown pod beside node-exporter", () => {
    const others = [app, clusterDns, node, slack, ...Object.values(own)];
    assertRefused(policies, [
      ...others.flatMap((other) => [tcp(strangerOnNodes, other, 443), tcp(other, strangerOnNodes, 8080)]),
      ...names(strangerOnNodes),
    ]);
  });

  it("block pods in other namespaces from Prometheus, unless their namespace is labeled as a reader", () => {
    assertRefused(policies, [
      tcp(app, prometheus, 9090),
      tcp(pusher, prometheus, 9090),
      tcp(alertmanager, prometheus, 9090),
    ]);
    assertAllowed(policies, [tcp(reader, prometheus, 9090)]);
  });

  it("let Grafana's pods reach Prometheus, but only in the namespace that gets dashboards, and no other pod there", async () => {
    const grafana = pod("grafana", { "app.kubernetes.io/name": "grafana" });
    const elsewhere = pod("shop", { "app.kubernetes.io/name": "grafana" });
    const beside = pod("grafana", { "app.kubernetes.io/name": "loki" });
    assertRefused(policies, [tcp(grafana, prometheus, 9090)]);
    const on = await policiesOf({ dashboards: { namespace: "grafana" } });
    assertAllowed(on, [tcp(grafana, prometheus, 9090)]);
    assertRefused(on, [
      ...[elsewhere, beside].map((from) => tcp(from, prometheus, 9090)),
      ...[alertmanager, pushgateway].map((to) => tcp(grafana, to, 9093)),
      tcp(grafana, prometheus, 80),
    ]);
  });

  it("block all pods except Prometheus from Alertmanager, where alerts can be silenced", () => {
    assertRefused(
      policies,
      [app, pusher, reader, pushgateway, stateMetrics].map((from) => tcp(from, alertmanager, 9093)),
    );
    assertAllowed(policies, [tcp(prometheus, alertmanager, 9093)]);
  });

  it("allow pushing to the Pushgateway only from labeled namespaces", () => {
    assertRefused(
      policies,
      [app, reader, alertmanager, node, slack].map((from) => tcp(from, pushgateway, 9091)),
    );
    assertAllowed(policies, [tcp(pusher, pushgateway, 9091)]);
  });

  it("allow only Prometheus to query kube-state-metrics, which knows every object in the cluster", () => {
    assertRefused(
      policies,
      [app, pusher, reader, alertmanager, node, slack].map((from) => tcp(from, stateMetrics, 8080)),
    );
    assertAllowed(policies, [tcp(prometheus, stateMetrics, 8080), tcp(prometheus, stateMetrics, 8081)]);
  });

  it("do not let public addresses reach the pages", () => {
    assertRefused(
      policies,
      [slack, slackByIpv6].flatMap((from) => [tcp(from, prometheus, 9090), tcp(from, alertmanager, 9093)]),
    );
  });

  it("allow the nodes to reach only the pages' ports", () => {
    assertRefused(policies, [
      tcp(node, prometheus, 9093),
      tcp(node, alertmanager, 9094),
      tcp(node, alertmanager, 9090),
    ]);
  });

  it("prevent kube-state-metrics, which reads the whole cluster, from sending data anywhere", () => {
    assertRefused(
      policies,
      [slack, slackByIpv6, app].map((to) => tcp(stateMetrics, to, 443)),
    );
    assertRefused(policies, [
      tcp(stateMetrics, node, 10250),
      tcp(stateMetrics, slack, 53),
      udp(stateMetrics, slack, 53),
    ]);
  });

  it("block all outgoing connections of the Pushgateway, to which apps may push anything", () => {
    assertRefused(policies, [...names(pushgateway), ...[slack, app, node].map((to) => tcp(pushgateway, to, 443))]);
  });

  it("block Prometheus from the internet, unless values configure a remote write", () => {
    assertRefused(policies, [
      tcp(prometheus, slack, 443),
      tcp(prometheus, slackByIpv6, 443),
      udp(prometheus, slack, 53),
    ]);
  });

  it("allow Alertmanager to connect only to the HTTPS port", () => {
    assertRefused(
      policies,
      [22, 25, 80, 8443].flatMap((port) => [slack, app, node].map((to) => tcp(alertmanager, to, port))),
    );
  });

  it("block every pod from the instance metadata service, where a pod could obtain the node's credentials", () => {
    const asking = Object.values(own).flatMap((from) => [tcp(from, metadata, 80), tcp(from, metadataByIpv6, 80)]);
    assertRefused(
      policies,
      [...asking, tcp(alertmanager, metadata, 443), tcp(alertmanager, metadataByIpv6, 443)],
      wide,
    );
  });

  it("do not restrict pods in other namespaces", () => {
    assertAllowed(policies, [tcp(app, slack, 443), tcp(slack, app, 8080), tcp(pusher, app, 8080)]);
  });

  const refused: readonly Flow[] = [
    tcp(stranger, slack, 443),
    tcp(app, stranger, 8080),
    tcp(strangerOnNodes, slack, 443),
    tcp(app, strangerOnNodes, 8080),
    ...Object.values(own).flatMap((to) => [tcp(app, to, 9090), tcp(app, to, 9093)]),
    ...Object.values(own).map((from) => tcp(from, slack, 25)),
  ];
});

describe("docs/network-policies.md", () => {
  it("lists the same rules as the code; `npm run docs` writes them", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "network-policies.md"), "utf8");
    assert.ok(page === withRules(page), "the page's table is not the code's: run `npm run docs`");
    assert.throws(() => withRules("no marks"), /network-policies\.md has no <!-- rules:begin -->/);
  });
});

describe("the app stack example", () => {
  it("has the label that allows its namespace to push", () => {
    const program = readFileSync(join(__dirname, "../../..", "examples", "app-stack", "index.ts"), "utf8");
    assert.ok(program.includes(`"${pushgatewayAccess.key}": "${pushgatewayAccess.value}"`));
  });
});

describe("the network policies of other configurations", () => {
  const office = host("198.51.100.9");

  it("allow connections from the NLBs' source ranges and the nodes, and from no other private address", async () => {
    const given = {
      loadBalancer: { sourceRanges: ["198.51.100.0/24"] },
      networkPolicies: { nodeRanges: ["10.0.0.0/16"] },
    };
    const policies = await policiesOf(given);
    assertAllowed(
      policies,
      [office, node].flatMap((from) => [tcp(from, prometheus, 9090), tcp(from, alertmanager, 9093)]),
    );
    assertRefused(
      policies,
      [host("10.9.0.1"), nodes[3]!].flatMap((from) => [tcp(from, prometheus, 9090), tcp(from, alertmanager, 9093)]),
    );
    assertRefused(policies, [tcp(prometheus, host("10.9.0.1"), 10250), tcp(stateMetrics, nodes[3]!, 443)]);
    assertRefused(policies, [tcp(app, prometheus, 9090)], wide);
  });

  it("let several Alertmanagers gossip by TCP and UDP with each other, and let two Prometheus scrape each other", async () => {
    const [peer, server] = [ours("alertmanager"), ours("prometheus", { "app.kubernetes.io/component": "server" })];
    const between = [tcp(alertmanager, peer, 9094), udp(alertmanager, peer, 9094), tcp(prometheus, server, 9090)];
    assertAllowed(await policiesOf({ availability: { alertmanagers: 2, prometheus: 2 } }), between);
    assertRefused(await policiesOf(), between);
    const policies = await policiesOf({ availability: { alertmanagers: 2, prometheus: 2 } });
    const others = [app, stranger, stateMetrics, pushgateway, reader, slack];
    assertRefused(
      policies,
      others.flatMap((other) => [tcp(other, alertmanager, 9094), udp(alertmanager, other, 9094)]),
    );
    assertRefused(policies, [tcp(prometheus, alertmanager, 9094), tcp(alertmanager, peer, 9093)]);
    assertRefused(policies, [tcp(alertmanager, server, 9090)]);
  });

  it("allow the ports of the API server", async () => {
    const policies = await policiesOf({ networkPolicies: { apiServerPorts: [8443] } });
    assertAllowed(policies, [tcp(stateMetrics, node, 8443)]);
    assertRefused(policies, [tcp(stateMetrics, node, 443), tcp(stateMetrics, node, 6443)]);
  });

  it("contain no range that lies inside another range", async () => {
    const policies = await policiesOf({
      loadBalancer: { sourceRanges: ["10.1.0.0/16"] },
      networkPolicies: { nodeRanges: ["10.0.0.0/8", "10.2.0.0/16"] },
    });
    const { spec } = policies.find(({ metadata }) => metadata.name === "prometheus")!;
    assert.deepEqual(spec.ingress?.[0]?.from, [{ ipBlock: { cidr: "10.0.0.0/8" } }]);
  });

  it("allow the ports of Alertmanager's receivers, proxies and mail servers, but not the ports of links in messages", async () => {
    const receivers: AlertmanagerConfig["receivers"] = [
      {
        name: "all",
        webhook_configs: [
          {
            url: "https://one.example:8443/hook",
            http_config: {
              oauth2: { client_id: "me", client_secret_file: "/f", token_url: "https://token.example:8444/" },
            },
          },
        ],
        email_configs: [{ to: "ops@example.com", from: "a@example.com", smarthost: "mail.example:587" }],
        pagerduty_configs: [{ routing_key_file: "/f", client_url: "https://link.example:8445" }],
      },
    ];
    const policies = await policiesOf({
      slack: { httpProxy: "http://proxy.example:3128" },
      networkPolicies: { alertmanagerPorts: [9443] },
      alertmanager: { receivers },
    });
    const ports = [443, 587, 3128, 8443, 8444, 9443];
    assertAllowed(
      policies,
      ports.map((port) => tcp(alertmanager, slack, port)),
    );
    assertRefused(
      policies,
      [25, 80, 8445].map((port) => tcp(alertmanager, slack, port)),
    );
    assertRefused(policies, [tcp(prometheus, slack, 3128)]);
  });

  it("allow the ports of secret URLs, and contain no other part of these URLs", async () => {
    const secrets = ["alerting:slackWebhookUrl", "alerting:heartbeatUrl", "alerting:credentials"];
    const given = {
      slackWebhookUrl: "https://canary-a.example:8001/services/T0/B0/canary",
      heartbeatUrl: "https://canary-b.example:8002/canary",
      credentials: {
        on: "https://canary-c.example:8003/canary",
        key: "canary",
        local: "http://127.0.0.1:8004/canary",
        engine: "https://canary-d.example:8005/canary",
      },
      longTerm: { engine: "mimir", url: "https://metrics.example/api/v1/push", credential: "engine" },
    };
    const { secretUrlPorts } = configuration(given, { isSecret: (key) => secrets.includes(key) }).settings;
    assert.deepEqual(secretUrlPorts, [8001, 8002, 8003]);
    const policies = await policiesOf({}, secretUrlPorts);
    assertAllowed(
      policies,
      [8001, 8002, 8003].map((port) => tcp(alertmanager, slack, port)),
    );
    assert.doesNotMatch(JSON.stringify(policies), /canary/);
  });

  it("allow remote write, remote read and scrape targets outside the cluster", async () => {
    const values = {
      server: { remoteWrite: [{ url: "https://remote.example:9201/write", proxy_url: "http://proxy.example:3128" }] },
      scrapeConfigs: {
        outside: { static_configs: [{ targets: ["db.example:9187", "plain.example", "localhost:9999", "b:99999"] }] },
        off: { enabled: false, static_configs: [{ targets: ["off.example:7777"] }] },
      },
    };
    const policies = await policiesOf({ values });
    assertAllowed(
      policies,
      [80, 3128, 9187, 9201].map((port) => tcp(prometheus, slack, port)),
    );
    assertRefused(
      policies,
      [443, 7777, 9999, 99999].map((port) => tcp(prometheus, slack, port)),
    );
    assertRefused(policies, [tcp(prometheus, metadata, 80), tcp(prometheus, metadataByIpv6, 80)], wide);
  });

  it("allow Prometheus' service discovery, and the targets that it finds", async () => {
    const jobs = {
      names: { dns_sd_configs: [{ names: ["db.example"], type: "A", port: 9104 }] },
      instances: { ec2_sd_configs: [{ region: "eu-west-1", port: 9102 }, { region: "eu-west-2" }] },
      services: { consul_sd_configs: [{ server: "consul.example:8500" }] },
      tasks: { marathon_sd_configs: [{ servers: ["https://marathon.example:8444", "tcp://localhost:2375"] }] },
    };
    const all = await policiesOf({ values: { scrapeConfigs: jobs } });
    assertAllowed(
      all,
      [80, 443, 8444, 8500, 9102, 9104].map((port) => tcp(prometheus, slack, port)),
    );
    assertRefused(all, [tcp(prometheus, slack, 2375)]);
    assertAllowed(all, [tcp(prometheus, metadata, 80)]);
    const { names } = jobs;
    const few = await policiesOf({ values: { scrapeConfigs: { names } } });
    assertRefused(few, [...[80, 443].map((port) => tcp(prometheus, slack, port)), tcp(prometheus, metadata, 80)]);
  });

  it("allow the proxies in a pod's environment variables only for that pod", async () => {
    const proxy = (name: string, value: string) => [
      { name, value },
      { name: "OTHER_URL", value: "http://other.example:3131" },
    ];
    const policies = await policiesOf({
      values: {
        server: { env: proxy("https_proxy", "proxy.example:3129") },
        alertmanager: { extraEnv: proxy("HTTPS_PROXY", "http://proxy.example:3128") },
      },
    });
    assertAllowed(policies, [tcp(prometheus, slack, 3129), tcp(alertmanager, slack, 3128)]);
    assertRefused(
      policies,
      [prometheus, alertmanager].map((from) => tcp(from, slack, 3131)),
    );
    assertRefused(policies, [tcp(prometheus, slack, 3128), tcp(alertmanager, slack, 3129)]);
  });

  it("allow the instance metadata service only for a pod that signs requests for AWS", async () => {
    const url = "https://aps-workspaces.example/api/v1/remote_write";
    const policies = await policiesOf({
      values: { server: { remoteWrite: [{ url, sigv4: { region: "eu-west-1" } }] } },
    });
    assertAllowed(policies, [tcp(prometheus, metadata, 80), tcp(prometheus, metadataByIpv6, 80)]);
    assertRefused(policies, [tcp(alertmanager, metadata, 80), tcp(stateMetrics, metadata, 80)], wide);
  });

  it("include no policy for a disabled component", async () => {
    const named = async (values: Values) => (await policiesOf(values)).map(({ metadata }) => metadata.name);
    assert.ok((await named({})).includes("kube-state-metrics"));
    const without = await named({ values: { "kube-state-metrics": { enabled: false } } });
    assert.deepEqual(without.sort(), ["alertmanager", "deny-all", "deny-all-nodes", "prometheus", "pushgateway"]);
    const { networkPolicies } = settings();
    const off = { "prometheus-pushgateway": { enabled: false } };
    const rules = networkRules({ networkPolicies, sourceRanges: [], secretUrlPorts: [], values: off });
    assert.deepEqual(
      rules.map(({ name }) => name),
      ["prometheus", "alertmanager", "kube-state-metrics"],
    );
  });
});
