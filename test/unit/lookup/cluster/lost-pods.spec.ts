import assert from "node:assert/strict";
import type { V1Node } from "@kubernetes/client-node";
import type { ClusterFacts } from "../../../../lookup/cluster/cluster-facts";
import { isLost, lostPodFindings } from "../../../../lookup/cluster/lost-pods";
import type { ReplicaPod } from "../../../../lookup/cluster/replica-pods";
import { lines } from "../../../support/settings";

const node = (name: string, isNodeLost = false): ClusterFacts["nodes"][number] => ({
  name,
  labels: {},
  labelManagers: {},
  ...(isNodeLost && { isLost: true }),
});
const pod = (name: string, on: string | undefined, more: Partial<ReplicaPod> = {}): ReplicaPod => ({
  name: `prometheus-${name}`,
  kind: name.startsWith("server") ? "prometheus" : "alertmanagers",
  node: on,
  isUp: false,
  isOfStatefulSet: true,
  ...more,
});

function found(replicaPods: readonly ReplicaPod[] | undefined, isPreview = false) {
  const facts = { nodes: [node("dead", true), node("well")], replicaPods };
  const { faults, warnings } = lostPodFindings(facts, isPreview);
  return { faults: lines(faults), warnings: lines(warnings) };
}
const nothing = { faults: [], warnings: [] };

describe("pods on a lost node", () => {
  const todo =
    "wait until the node is back, or, once its machine is off, run `kubectl taint nodes dead node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`, or `kubectl delete node dead` if it will not come back.";
  const told = `alerting:context: the pod prometheus-alertmanager-0 is on the node dead, which is not Ready, so Kubernetes neither replaces nor updates it, and Helm would wait 15 minutes and fail: ${todo}`;

  it("are refused in an update, and are a warning in a preview", () => {
    const pods = [pod("alertmanager-0", "dead"), pod("alertmanager-1", "well", { isUp: true })];
    assert.deepEqual(found(pods), { faults: [told], warnings: [] });
    assert.deepEqual(found(pods, true), { faults: [], warnings: [told] });
  });

  it("are refused too if Alertmanager is single, because its StatefulSet does not move it either", () => {
    assert.deepEqual(found([pod("alertmanager-0", "dead")]).faults, [told]);
  });

  it("are reported in one sentence for each node", () => {
    const pods = [pod("alertmanager-0", "dead"), pod("server-0", "dead")];
    assert.deepEqual(found(pods).faults, [
      `alerting:context: each of the pods prometheus-alertmanager-0 and prometheus-server-0 is on the node dead, which is not Ready, so Kubernetes neither replaces nor updates it, and Helm would wait 15 minutes and fail: ${todo}`,
    ]);
  });

  it("are only a warning if a Deployment has made them, because it starts another pod elsewhere by itself", () => {
    const moved = pod("server-a", "dead", { isOfStatefulSet: false });
    const pods = [moved, pod("server-b", "well", { isUp: true, isOfStatefulSet: false })];
    for (const isPreview of [false, true]) {
      assert.deepEqual(found(pods, isPreview), {
        faults: [],
        warnings: [
          `alerting:context: the pod prometheus-server-a is on the node dead, which is not Ready, and an update that changes this pod would wait 15 minutes for its end and fail: ${todo}`,
        ],
      });
    }
  });

  it("are not reported while they still work", () => {
    assert.deepEqual(found([pod("alertmanager-0", "dead", { isUp: true })]), nothing);
  });

  it("are not reported if their Node object is gone, because Kubernetes then removes them", () => {
    assert.deepEqual(found([pod("alertmanager-0", "deleted")]), nothing);
  });

  it("are not pods that start, end or wait on any other node", () => {
    assert.deepEqual(found([pod("alertmanager-0", "well"), pod("alertmanager-1", undefined)]), nothing);
  });

  it("do not exist before the first update", () => {
    assert.deepEqual(found(undefined), nothing);
    assert.deepEqual(lostPodFindings(undefined, false), nothing);
  });
});

describe("a lost node", () => {
  const ready = (status: string, spec: V1Node["spec"] = {}): V1Node => ({
    spec,
    status: { conditions: [{ type: "Ready", status }] },
  });

  it("is a node that is not Ready, or whose kubelet no longer reports", () => {
    for (const status of ["False", "Unknown"]) assert.equal(isLost(ready(status)), true);
  });

  it("is not a node that is Ready, cordoned, or too new to have a condition", () => {
    for (const one of [ready("True"), ready("True", { unschedulable: true }), {}]) assert.equal(isLost(one), false);
  });

  it("is not a node that is marked out of service, because Kubernetes then removes its pods", () => {
    const taints = [{ key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" }];
    assert.equal(isLost(ready("Unknown", { taints })), false);
    assert.equal(isLost(ready("Unknown", { taints: [{ key: "other", effect: "NoExecute" }] })), true);
  });
});
