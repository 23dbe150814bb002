import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { checkCluster } from "../../../../lookup/cluster/check-cluster";
import { nodeRangeFaults } from "../../../../lookup/cluster/node-ranges";
import { networkWarnings } from "../../../../values/network-warnings";
import { releaseValues } from "../../../../values/release-values";
import { privateRanges, rangeFault, tooWide, withoutNeedless } from "../../../../validation/ranges";
import { FakeCluster, notFound } from "../../../support/fake-cluster";
import { configuration, faultLines, lines, settings, type Values } from "../../../support/settings";

const sources = (...sourceRanges: string[]): Values => ({ loadBalancer: { sourceRanges } });
const quarters = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"];
const unless = "is refused unless alerting:loadBalancer.allowAnySource is true.";

describe("source ranges", () => {
  it("are refused if two halves add up to the whole internet", () => {
    assert.deepEqual(faultLines(sources("0.0.0.0/1", "128.0.0.0/1")), [
      `alerting:loadBalancer.sourceRanges: got ["0.0.0.0/1","128.0.0.0/1"]; accepted: smaller ranges; together these are all of IPv4, which ${unless}`,
    ]);
  });

  it("are refused if they cover half of IPv4 or more, however they are split", () => {
    for (const ranges of [
      ["0.0.0.0/1"],
      quarters.slice(1, 3),
      quarters,
      [...quarters.slice(0, 2), "10.0.0.0/8", "64.0.0.0/3"],
      Array.from({ length: 128 }, (_, first) => `${first * 2}.0.0.0/8`),
    ]) {
      const [line, ...more] = faultLines(sources(...ranges));
      assert.match(line ?? "", /sourceRanges: got .* together these are (all of|half of) IPv4/, ranges.join());
      assert.deepEqual(more, []);
    }
  });

  it("are refused if they cover half of the assigned IPv6 addresses or more", () => {
    for (const [range, part] of [
      ["2000::/3", "all of IPv6"],
      ["::/1", "all of IPv6"],
      ["2000::/4", "half of IPv6 or more"],
    ]) {
      assert.deepEqual(faultLines(sources(range!)), [
        `alerting:loadBalancer.sourceRanges: got ["${range}"]; accepted: smaller ranges; together these are ${part}, which ${unless}`,
      ]);
    }
  });

  it("are reported once if one of them is the whole internet", () => {
    assert.deepEqual(faultLines(sources("0.0.0.0/1", "0.0.0.0/0")), [
      `alerting:loadBalancer.sourceRanges[1]: got "0.0.0.0/0"; accepted: a smaller range; the whole internet ${unless}`,
    ]);
  });

  it("are accepted if allowAnySource confirms them", () => {
    for (const ranges of [["0.0.0.0/1", "128.0.0.0/1"], ["2000::/3"], ["::/0", "0.0.0.0/0"]])
      assert.deepEqual(faultLines({ loadBalancer: { sourceRanges: ranges, allowAnySource: true } }), []);
  });

  it("are accepted if they cover less than half", () => {
    for (const ranges of [[...privateRanges], ["0.0.0.0/2"], ["0.0.0.0/2", "16.0.0.0/4"], ["2000::/5", "fc00::/7"]])
      assert.deepEqual(faultLines(sources(...ranges)), [], ranges.join());
  });

  it("must be networks, not addresses within a network: the message names both possible corrections", () => {
    assert.deepEqual(faultLines(sources("10.0.1.5/16", "2001:db8::1/32")), [
      'alerting:loadBalancer.sourceRanges[0]: got "10.0.1.5/16"; accepted: 10.0.0.0/16, or 10.0.1.5/32 where that one address is meant.',
      'alerting:loadBalancer.sourceRanges[1]: got "2001:db8::1/32"; accepted: 2001:db8::/32, or 2001:db8::1/128 where that one address is meant.',
    ]);
  });

  it("for IPv4 may not be written as IPv6", () => {
    assert.deepEqual(faultLines(sources("::ffff:0:0/96")), [
      'alerting:loadBalancer.sourceRanges[0]: got "::ffff:0:0/96"; accepted: 0.0.0.0/0, because a range of IPv4 is written as one.',
    ]);
  });

  it("are checked as a whole even if single ranges have problems", () => {
    assert.equal(faultLines(sources("10.0.1.5/16", "0.0.0.0/1", "128.0.0.0/1")).length, 2);
  });
});

describe("the nodes' ranges", () => {
  it("may not cover half of the internet, even if the NLBs allow any source", () => {
    const given = { networkPolicies: { nodeRanges: ["0.0.0.0/0"] }, loadBalancer: { allowAnySource: true } };
    assert.deepEqual(faultLines(given), [
      'alerting:networkPolicies.nodeRanges: got ["0.0.0.0/0"]; accepted: only the ranges of the nodes; these are all of IPv4, which would give all of it access to the pages.',
    ]);
  });

  it("need at least one range, and valid ports", () => {
    assert.deepEqual(
      faultLines({ networkPolicies: { nodeRanges: [], apiServerPorts: [], alertmanagerPorts: [70000] } }),
      [
        "alerting:networkPolicies.nodeRanges: got []; accepted: at least one range, because node-exporter and the kubelets are reached at the nodes' addresses.",
        "alerting:networkPolicies.apiServerPorts: got []; accepted: at least one port, because kube-state-metrics asks the API server.",
        "alerting:networkPolicies.alertmanagerPorts[0]: got 70000; accepted: a port, from 1 to 65535.",
      ],
    );
  });

  const nodes = (...addresses: (string | undefined)[]) =>
    addresses.map((address, at) => ({ name: `node-${at}`, address, labels: {}, labelManagers: {} }));

  it("must contain every node of the cluster", () => {
    const { networkPolicies } = settings({ networkPolicies: { nodeRanges: ["10.0.0.0/16"] } });
    const faults = nodeRangeFaults(
      { networkPolicies },
      nodes("10.0.1.1", "10.1.0.1", "198.51.100.7", undefined, "a name"),
    );
    assert.deepEqual(lines(faults), [
      "alerting:networkPolicies.nodeRanges: none of the ranges has the address of node-1 (10.1.0.1) and node-2 (198.51.100.7), so Prometheus could reach neither kubelet nor node-exporter there. Add the range of the nodes' addresses, or set alerting:networkPolicies.enabled to false if the cluster's network plugin ignores policies.",
    ]);
    const many = nodeRangeFaults({ networkPolicies }, nodes(...Array<string>(50).fill("2001:db8::7")));
    assert.match(lines(many)[0]!, /of node-0 \(2001:db8::7\), node-1 \(.*\), node-2 \(.*\) and 47 more, so/);
  });

  it("are not compared with the nodes if there are no network policies", () => {
    const { networkPolicies } = settings({ networkPolicies: { enabled: false, nodeRanges: ["10.0.0.0/16"] } });
    assert.deepEqual(nodeRangeFaults({ networkPolicies }, nodes("198.51.100.7")), []);
  });

  it("contain every private address by default", () => {
    const { networkPolicies } = settings();
    const ofAws = ["10.0.1.10", "172.31.255.254", "192.168.0.1", "100.64.0.1", "100.127.255.254"];
    assert.deepEqual(nodeRangeFaults({ networkPolicies }, nodes(...ofAws)), []);
    assert.equal(nodeRangeFaults({ networkPolicies }, nodes("100.128.0.1", "172.32.0.1", "11.0.0.1")).length, 1);
  });
});

describe("the API server", () => {
  const slice = "GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
  /** The problems that the program reports for a cluster with these endpoints. */
  async function told(values: Values, answer: object): Promise<string[]> {
    const cluster = await FakeCluster.start({ [slice]: answer });
    try {
      const given = { storage: { type: "none" }, kubeconfig: cluster.kubeconfig(), ...values };
      return lines((await checkCluster(configuration(given))).faults);
    } finally {
      await cluster.stop();
    }
  }
  const endpoints = (addresses: string[], port: number) => ({ endpoints: [{ addresses }], ports: [{ port }] });
  const off = "or set alerting:networkPolicies.enabled to false if the cluster's network plugin ignores policies.";

  it("must be in the nodes' ranges, and at one of the configured ports", async () => {
    assert.deepEqual(await told({}, endpoints(["10.0.1.10", "203.0.113.5"], 8443)), [
      `alerting:networkPolicies.nodeRanges: none of the ranges has the API server's address, 203.0.113.5, so Prometheus and kube-state-metrics could not reach it. Add its range, ${off}`,
      `alerting:networkPolicies.apiServerPorts: got 443, 6443, but the API server is reached at port 8443, so kube-state-metrics could not reach it. Add that port, ${off}`,
    ]);
    const set = { networkPolicies: { nodeRanges: ["10.0.0.0/8", "203.0.113.0/24"], apiServerPorts: [8443] } };
    assert.deepEqual(await told(set, endpoints(["10.0.1.10", "203.0.113.5"], 8443)), []);
  });

  it("is not checked if there are no network policies, or if the cluster does not reveal its address", async () => {
    const wrong = endpoints(["203.0.113.5"], 8443);
    assert.deepEqual(await told({ networkPolicies: { enabled: false } }, wrong), []);
    assert.deepEqual(await told({}, { status: 403, message: "endpointslices is forbidden" }), []);
    assert.deepEqual(await told({}, { endpoints: [] }), []);
  });
});

describe("a network plugin that ignores node addresses in policies", () => {
  const configMap = "GET /api/v1/namespaces/kube-system/configmaps/cilium-config";
  const agent = { metadata: { name: "cilium", namespace: "kube-system", labels: { "k8s-app": "cilium" } } };
  /** The problems reported for a cluster with Cilium, and whether its configuration was read. */
  async function told(answer: object, values: Values = {}, daemons: object[] = [agent]) {
    const changes = { "GET /apis/apps/v1/daemonsets": { items: daemons }, [configMap]: answer };
    const cluster = await FakeCluster.start(changes);
    try {
      const given = { storage: { type: "none" }, kubeconfig: cluster.kubeconfig(), ...values };
      const { faults } = await checkCluster(configuration(given));
      return { faults: lines(faults), asked: cluster.requests.includes(configMap) };
    } finally {
      await cluster.stop();
    }
  }
  const configured = (data?: object) => ({ metadata: { name: "cilium-config" }, data });

  it("is reported at preview, because policies would block Prometheus from the API server and every node", async () => {
    const sentence =
      "alerting:networkPolicies.enabled: is true, but the cluster's network plugin is Cilium, for which an address range in a policy never includes nodes: Prometheus and kube-state-metrics could reach neither the API server nor any node, and no alert would find Alertmanager. Set `policy-cidr-match-mode` to `nodes` in the ConfigMap kube-system/cilium-config (policyCIDRMatchMode of its chart, from Cilium 1.15 on) and restart its agents, or set this to false.";
    for (const data of [undefined, {}, { "policy-cidr-match-mode": "" }])
      assert.deepEqual((await told(configured(data))).faults, [sentence]);
  });

  it("is not reported if the plugin is configured to match nodes, or enforces nothing", async () => {
    for (const data of [
      { "policy-cidr-match-mode": "nodes" },
      { "policy-cidr-match-mode": "nodes pods" },
      { "enable-policy": "never" },
      { "enable-k8s-networkpolicy": "false" },
    ])
      assert.deepEqual(await told(configured(data)), { faults: [], asked: true }, JSON.stringify(data));
  });

  it("is not reported if there are no policies, or if its configuration does not exist or cannot be read", async () => {
    assert.deepEqual((await told(configured({}), { networkPolicies: { enabled: false } })).faults, []);
    assert.deepEqual((await told(notFound)).faults, []);
    assert.deepEqual((await told({ status: 403, message: "configmaps is forbidden" })).faults, []);
  });

  it("is not searched for in a cluster with another plugin", async () => {
    const other = { metadata: { name: "calico-node", namespace: "kube-system", labels: { "k8s-app": "calico-node" } } };
    assert.deepEqual(await told(configured({}), {}, [other]), { faults: [], asked: false });
  });
});

describe("a warning about a valid network setting that is probably a mistake", () => {
  const told = (values: Values) =>
    lines(networkWarnings(settings(values), releaseValues(configuration(values).settings, []).values));

  it("does not appear for the minimal configuration", () => assert.deepEqual(told({}), []));

  it("reports a range that is listed twice or lies within another range, without an error", () => {
    assert.deepEqual(told(sources("10.1.0.0/16", "10.0.0.0/8", "192.168.0.0/16", "192.168.0.0/16")), [
      'alerting:loadBalancer.sourceRanges[0]: "10.1.0.0/16" lies within "10.0.0.0/8", which covers all of it; remove one of the two.',
      'alerting:loadBalancer.sourceRanges[3]: "192.168.0.0/16" is listed twice; remove one.',
    ]);
    assert.deepEqual(told({ networkPolicies: { nodeRanges: ["10.0.0.0/8", "10.0.0.0/8"] } }), [
      'alerting:networkPolicies.nodeRanges[1]: "10.0.0.0/8" is listed twice; remove one.',
    ]);
  });

  it("reports a receiver in the cluster whose URL does not reveal the port of its pods", () => {
    const receivers = [
      { name: "in", webhook_configs: [{ url: "http://hook.apps.svc:80/secret-path" }, { url: "http://hook2/x" }] },
      { name: "out", webhook_configs: [{ url: "https://hook.example/x" }, { url: "http://127.0.0.1:1/x" }] },
    ];
    const warned = told({ alertmanager: { receivers } });
    assert.deepEqual(
      warned.map((line) => /a receiver is at ("[^"]*")/.exec(line)?.[1]),
      ['"hook.apps.svc"', '"hook2"'],
    );
    assert.doesNotMatch(warned.join(), /secret-path/);
    assert.deepEqual(told({ alertmanager: { receivers }, networkPolicies: { alertmanagerPorts: [8080] } }), []);
    assert.deepEqual(told({ alertmanager: { receivers }, networkPolicies: { enabled: false } }), []);
  });
});

describe("the arithmetic of ranges", () => {
  it("keeps ranges that lie in no other range, in order, and the first of equal ranges", () => {
    const ranges = ["10.1.0.0/16", "192.168.0.0/16", "10.0.0.0/8", "192.168.0.0/16", "::/0", "fd00::/8"];
    assert.deepEqual(withoutNeedless(ranges), ["192.168.0.0/16", "10.0.0.0/8", "::/0"]);
  });

  it("agrees with Node.js about the first address of a range, for every prefix length", () => {
    for (let prefix = 0; prefix <= 32; prefix++) {
      const fault = rangeFault(`203.0.113.77/${prefix}`);
      const network = /^([\d.]+)\/\d+,/.exec(fault ?? `203.0.113.77/32,`)![1]!;
      const list = new BlockList();
      list.addSubnet("203.0.113.77", prefix);
      assert.ok(list.check(network), `${network}/${prefix}`);
      assert.equal(rangeFault(`${network}/${prefix}`), undefined);
    }
  });

  it("counts addresses in several ranges only once", () => {
    assert.equal(tooWide(["0.0.0.0/2", "0.0.0.0/2", "0.0.0.0/3", "32.0.0.0/3"]), undefined);
    assert.equal(tooWide(["0.0.0.0/2", "64.0.0.0/3", "0.0.0.0/3", "96.0.0.0/3"]), "half of IPv4 or more");
    assert.equal(tooWide([]), undefined);
  });
});
