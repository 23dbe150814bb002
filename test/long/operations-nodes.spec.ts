import * as assert from "node:assert/strict";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { leftoversSince, requireNoChange, snapshot } from "../../lab/steps";
import { firstWorker, isNotFound, lastWorker, master, Operator, workers } from "../support/lab/operator";
import { say, withLab } from "../support/lab/with-lab";

/** A node without a machine: EC2 does not know it, and no pod is scheduled on it. */
const spare = "ip-10-0-9-99.ap-northeast-2.compute.internal";
const renamed = "ip-10-0-9-98.ap-northeast-2.compute.internal";

describe("on the lab, an update after nodes were added or removed", function () {
  const lab = withLab();
  let clean: ClusterSnapshot;
  let operator: Operator;
  let network: Record<string, unknown>;

  const join = (name: string) =>
    operator.core.createNode({ body: { metadata: { name }, spec: { unschedulable: true } } });
  const patchLabels = (name: string, labels: Record<string, string | null>) =>
    operator.core.patchNode(
      { name, body: { metadata: { labels } }, fieldManager: "platform-team" },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );

  before("apply the program", async () => {
    clean = await snapshot(lab());
    // The subnets are set explicitly, so that a test below can list a node that EC2 does not know.
    const subnetIds = lab().aws.instances.map(({ subnetId }) => subnetId);
    const securityGroupIds = [...new Set(lab().aws.instances.flatMap((instance) => instance.securityGroupIds))];
    network = { "alerting:network": { subnetIds, securityGroupIds } };
    operator = await Operator.of(lab(), "nodes", network);
    await operator.stack.up(say);
  });

  it("refuses to overwrite a label that someone else set to another value, and does not touch other labels", async () => {
    await patchLabels(firstWorker, { team: "storage" });
    const labels = await operator.labelsOf(firstWorker);
    await operator.configure({ "alerting:nodeLabel": { key: "team" } });
    await operator.refused(operator.stack.preview(say), /team=storage/, /platform-team/, new RegExp(firstWorker));
    await operator.configure({ "alerting:nodeLabel": undefined });
    assert.deepEqual(await operator.labelsOf(firstWorker), labels);
  });

  it("refuses a node that EC2 does not know, and names it", async () => {
    await join(spare);
    await operator.configure({ ...workers(firstWorker, spare), "alerting:network": undefined });
    await operator.refused(operator.stack.preview(say), /EC2 does not know/, new RegExp(spare));
    await operator.configure(network);
  });

  it("labels an added node, and keeps the label of a removed one (operations: Add a node)", async () => {
    await operator.configure({ "alerting:loadBalancer": { controller: "aws-load-balancer-controller" } });
    const { steps } = await operator.stack.up(say);
    const patches = steps.filter(({ type }) => type.endsWith(":NodePatch"));
    assert.deepEqual(patches.map(({ operation, name }) => `${operation} ${name}`).sort(), [
      `create node-labels-${spare}`,
      `delete node-labels-${lastWorker}`,
    ]);
    assert.equal((await operator.labelsOf(spare)).key, "worker");
    assert.equal((await operator.labelsOf(lastWorker)).key, "worker");
    // This update also changes the controller of the NLBs.
    const service = await operator.core.readNamespacedService({ name: "prometheus-nlb", namespace: "monitoring" });
    assert.equal(service.spec?.loadBalancerClass, "service.k8s.aws/nlb");
    assert.match((await operator.stack.plainOutputs()).prometheusHostname as string, /\.elb\./);
    requireNoChange(await operator.stack.preview(say));
  });

  it("labels a new machine that has the name of an old one, if it runs with `--refresh` (operations: Replace a node under its name)", async () => {
    await operator.core.deleteNode({ name: spare });
    await join(spare);
    assert.equal((await operator.labelsOf(spare)).key, undefined);
    requireNoChange(await operator.stack.preview(say));
    await operator.stack.up(say, { refresh: true });
    assert.equal((await operator.labelsOf(spare)).key, "worker");
  });

  it("labels a node under its new name, and does not recreate the old one (operations: Rename a node)", async () => {
    await join(renamed);
    await operator.core.deleteNode({ name: spare });
    await operator.refused(operator.stack.preview(say), new RegExp(`no node "${spare}"`), /missingNodes/);
    await operator.configure(workers(firstWorker, renamed));
    const { changes } = await operator.stack.up(say);
    assert.deepEqual([changes.create, changes.replace, changes.update], [1, undefined, undefined]);
    assert.equal((await operator.labelsOf(renamed)).key, "worker");
    assert.deepEqual(await operator.nodeNames(), [master, firstWorker, lastWorker, renamed].sort());
  });

  it("warns about a listed node that does not exist, and continues if the configuration allows it (operations: Rename a node)", async () => {
    await operator.core.deleteNode({ name: renamed });
    await operator.configure({ "alerting:missingNodes": "warn" });
    const { diagnostics } = await operator.stack.up(say);
    assert.ok(
      diagnostics.some((line) => line.includes(renamed)),
      diagnostics.join("\n"),
    );
  });

  it("does not recreate a removed node when everything is destroyed", async () => {
    await operator.stack.destroy(say);
    for (const name of [spare, renamed]) await assert.rejects(operator.core.readNode({ name }), isNotFound);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });

  after("remove the label that a test has set", () => patchLabels(firstWorker, { team: null }));
});
