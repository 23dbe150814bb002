import * as assert from "node:assert/strict";
import { AppsV1Api, CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { nodesNamespace } from "../../conventions/cluster-names";
import { labNodes } from "../../lab/cluster-nodes";
import { clientConfig } from "../../lab/control-plane/client";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { leftoversSince, snapshot } from "../../lab/steps";
import { ask } from "../support/lab/api-requests";
import { Operator } from "../support/lab/operator";
import { say, withLab } from "../support/lab/with-lab";

const main = "monitoring";
const ofNodes = nodesNamespace(main);

describe("on the lab, a stack that gets pod restrictions", function () {
  this.timeout("10m");
  const lab = withLab();
  let before: ClusterSnapshot;
  let operator: Operator;

  const config = () => clientConfig(lab().controlPlane.labKubeconfigPath);
  const core = () => config().makeApiClient(CoreV1Api);
  const podsOf = async (namespace: string): Promise<V1Pod[]> => (await core().listNamespacedPod({ namespace })).items;
  const named = async (namespace: string, part: string) =>
    (await podsOf(namespace)).filter(({ metadata }) => metadata?.name?.includes(part));

  after(async () => {
    await operator?.stack.destroy(say);
  });

  it("starts without pod restrictions, and with node-exporter in the namespace of the other pods", async () => {
    before = await snapshot(lab());
    operator = await Operator.of(lab(), "pods", {
      "alerting:podSecurity": "unenforced",
      "alerting:values": { "prometheus-node-exporter": { namespaceOverride: "" } },
    });
    await operator.stack.up(say);
    assert.equal((await named(main, "node-exporter")).length, labNodes.length);
    await operator.settled();
  });

  it("moves node-exporter into its own namespace, although the old and the new pod want the same port of a node", async () => {
    await operator.configure({ "alerting:podSecurity": undefined, "alerting:values": undefined });
    const { changes } = await operator.stack.up(say);
    assert.deepEqual(Object.keys(changes).sort(), ["same", "update"]);
    assert.equal((await named(ofNodes, "node-exporter")).length, labNodes.length);
    assert.deepEqual(await named(main, "node-exporter"), []);
    await operator.settled();
  });

  it("shows no change and no problem in a preview afterwards", async () => {
    assert.deepEqual(Object.keys((await operator.stack.preview(say)).changes), ["same"]);
  });

  it("leaves no DaemonSet in node-exporter's former namespace", async () => {
    const { items } = await config().makeApiClient(AppsV1Api).listDaemonSetForAllNamespaces();
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.namespace),
      [ofNodes],
    );
  });

  it("rejects a privileged pod in Prometheus' namespace", async () => {
    const containers = [{ name: "c", image: "registry.example/app", securityContext: { privileged: true } }];
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "intruder" }, spec: { containers } };
    const { status, body: says } = await ask(config(), "POST", `/api/v1/namespaces/${main}/pods`, body);
    assert.equal(status, 403);
    assert.match(says, /violates PodSecurity/);
    assert.deepEqual(await named(main, "intruder"), []);
  });

  it("gives only Prometheus and kube-state-metrics a token for the API server", async () => {
    const all = [...(await podsOf(main)), ...(await podsOf(ofNodes))];
    const withToken = all.filter(({ spec }) =>
      (spec?.volumes ?? []).some(({ projected }) => projected?.sources?.some((one) => one.serviceAccountToken)),
    );
    assert.deepEqual([...new Set(withToken.map(({ spec }) => spec?.serviceAccountName))].sort(), [
      "prometheus-kube-state-metrics",
      "prometheus-server",
    ]);
  });

  it("lets Prometheus' token read what scraping needs, but no Secrets and ConfigMaps", async () => {
    const made = await core().createNamespacedServiceAccountToken({
      name: "prometheus-server",
      namespace: main,
      body: { spec: { audiences: [lab().controlPlane.serviceAccountIssuer] } },
    });
    const asPrometheus = config();
    asPrometheus.users = [{ name: "prometheus", token: made.status!.token }];
    asPrometheus.contexts = asPrometheus.contexts.map((context) => ({ ...context, user: "prometheus" }));
    const status = async (path: string) => (await ask(asPrometheus, "GET", path)).status;
    for (const resource of ["secrets", "configmaps"]) {
      assert.equal(await status(`/api/v1/${resource}`), 403, resource);
      assert.equal(await status(`/api/v1/namespaces/${main}/${resource}`), 403, resource);
    }
    for (const path of ["/api/v1/nodes", "/api/v1/pods", "/apis/discovery.k8s.io/v1/endpointslices", "/metrics"]) {
      assert.equal(await status(path), 200, path);
    }
  });

  it("leaves no namespace and no role behind when it is destroyed", async () => {
    await operator.stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), before)).leftovers, []);
  });
});
