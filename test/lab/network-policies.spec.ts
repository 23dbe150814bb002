import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { nodesNamespace } from "../../conventions/cluster-names";
import { denyAll, policySpec, type PolicySpec } from "../../components/network-policies";
import { networkRules } from "../../values/network-rules";
import { prometheusValues } from "../../values/prometheus-values";
import { clientConfig } from "../../lab/control-plane/client";
import { startControlPlane, type ControlPlane } from "../../lab/control-plane/start";
import { findPrograms } from "../../lab/programs/find";
import { type End, isAllowed, type Policy } from "../support/network-flows";
import { settings } from "../support/settings";
import { ask } from "../support/lab/api-requests";
import { at, findHelm, type Objects, render, type Yaml } from "../support/lab/helm";

const whole = settings({ networkPolicies: { alertmanagerPorts: [8443] } });
const { namespace } = whole;
const values = prometheusValues(whole);
const policy = (name: string, spec: PolicySpec, within = namespace) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: within },
  spec,
});
const rules = networkRules({
  networkPolicies: whole.networkPolicies,
  sourceRanges: ["192.0.2.0/24", "2001:db8::/32"],
  secretUrlPorts: [],
  values: { ...values, server: { remoteWrite: [{ url: "https://remote.example", sigv4: {} }] } },
});
const policies = [
  policy("deny-all", denyAll),
  policy("deny-all-nodes", denyAll, nodesNamespace(namespace)),
  ...rules.map((one) => policy(one.name, policySpec(one))),
];

describe("the network policies, applied to the chart's own manifests", function () {
  let rendered: Objects;

  before(async function () {
    const helm = (await findHelm()) ?? this.skip();
    rendered = await render(helm, values);
  });

  /** The pods of a workload, described by the labels that the chart gives them. */
  function podsOf(workload: string): End {
    const template = at(rendered.get(workload), "spec", "template");
    assert.ok(template, workload);
    const labels = at(template, "metadata", "labels") as Record<string, string>;
    return { address: "10.244.0.9", pod: { namespace, namespaceLabels: {}, labels } };
  }

  const own: Readonly<Record<string, string>> = {
    "Deployment/prometheus-server": "prometheus",
    "StatefulSet/prometheus-alertmanager": "alertmanager",
    "Deployment/prometheus-kube-state-metrics": "kube-state-metrics",
    "Deployment/prometheus-prometheus-pushgateway": "pushgateway",
  };

  it("select every workload that does not use its node's network; each policy selects one workload", () => {
    const workloads = [...rendered.keys()].filter((key) =>
      /^(Deployment|StatefulSet|DaemonSet|Job|CronJob)\//.test(key),
    );
    const onHost = workloads.filter((key) => at(rendered.get(key), "spec", "template", "spec", "hostNetwork") === true);
    assert.deepEqual(onHost, ["DaemonSet/prometheus-prometheus-node-exporter"]);
    assert.deepEqual(workloads.filter((key) => !onHost.includes(key)).sort(), Object.keys(own).sort());
    for (const [workload, name] of Object.entries(own)) {
      const { labels } = podsOf(workload).pod!;
      const selecting = rules.filter(({ pods }) => Object.entries(pods).every(([key, value]) => labels[key] === value));
      assert.deepEqual(
        selecting.map((one) => one.name),
        [name],
      );
    }
  });

  it("let Prometheus reach Alertmanager and each port at which the chart's Services are scraped", () => {
    const prometheus = podsOf("Deployment/prometheus-server");
    const scraped = Object.keys(own).filter((workload) => workload !== "Deployment/prometheus-server");
    for (const workload of scraped) {
      const [container] = at(rendered.get(workload), "spec", "template", "spec", "containers") as Yaml[];
      const port = at(container, "ports", 0, "containerPort") as number;
      const flow = { from: prometheus, to: podsOf(workload), port, protocol: "TCP" } as const;
      assert.ok(isAllowed(policies, flow, { rangesHoldPods: false }), `${workload} at ${port}`);
    }
  });
});

describe("the network policies at a real API server", function () {
  let directory: string;
  let controlPlane: ControlPlane;
  let config: KubeConfig;

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    directory = await mkdtemp(path.join(tmpdir(), "network-policies-"));
    const say = () => undefined;
    const programs = await findPrograms(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"], say);
    controlPlane = await startControlPlane({ programs, directory: path.join(directory, "control-plane"), say });
    config = clientConfig(controlPlane.kubeconfigPath);
    for (const name of [namespace, nodesNamespace(namespace)])
      await ask(config, "POST", "/api/v1/namespaces", { metadata: { name } });
  });
  after(async () => {
    await controlPlane?.stop();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  /** Creates a policy with strict validation, which refuses unknown fields; returns the API server's answer. */
  const create = (body: ReturnType<typeof policy>) =>
    ask(
      config,
      "POST",
      `/apis/networking.k8s.io/v1/namespaces/${body.metadata.namespace}/networkpolicies?fieldValidation=Strict`,
      body,
    );

  it("are accepted and stored exactly as written", async () => {
    for (const one of policies) {
      const { body } = await create(one);
      assert.deepEqual((JSON.parse(body) as Policy).spec, one.spec, one.metadata.name);
    }
  });

  it("would be refused if an excluded range was outside the allowed range", async () => {
    const peers = [{ ipBlock: { cidr: "10.0.0.0/8", except: ["169.254.0.0/16"] } }];
    const wrong = policy("wrong", { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: peers, ports: [] }] });
    assert.equal((await create(wrong)).status, 422);
  });
});
