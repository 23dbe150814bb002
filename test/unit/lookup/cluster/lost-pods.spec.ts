import assert from "node:assert/strict";
import type { ClusterNode } from "../../../../lookup/cluster/cluster-facts";
import { lostPodFindings } from "../../../../lookup/cluster/lost-pods";
import type { ReplicaPod } from "../../../../lookup/cluster/replica-pods";
import { lines } from "../../../support/settings";

const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  labels: {},
  labelManagers: {},
  ...more,
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
  const marked = node("marked", { isLost: true, isOutOfService: true });
  const facts = { nodes: [node("dead", { isLost: true }), marked, node("well")], replicaPods };
  const { faults, warnings } = lostPodFindings(facts, isPreview);
  return { faults: lines(faults), warnings: lines(warnings) };
}
const nothing = { faults: [], warnings: [] };

describe("pods on a lost node", () => {
  const todo =
    "wait until the node is back, or, once its machine is off, run `kubectl taint nodes dead node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`, or `kubectl delete node dead` if it will not come back.";
  const told = `alerting:availability: the pod prometheus-alertmanager-0 is on the node dead, which is not Ready, so Kubernetes neither replaces nor updates it, and Helm would wait 15 minutes and fail: ${todo}`;

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
      `alerting:availability: each of the pods prometheus-alertmanager-0 and prometheus-server-0 is on the node dead, which is not Ready, so Kubernetes neither replaces nor updates it, and Helm would wait 15 minutes and fail: ${todo}`,
    ]);
  });

  it("are only a warning if a Deployment has made them, because it starts another pod elsewhere by itself", () => {
    const moved = pod("server-a", "dead", { isOfStatefulSet: false });
    const pods = [moved, pod("server-b", "well", { isUp: true, isOfStatefulSet: false })];
    for (const isPreview of [false, true]) {
      assert.deepEqual(found(pods, isPreview), {
        faults: [],
        warnings: [
          `alerting:availability: the pod prometheus-server-a is on the node dead, which is not Ready, and an update that changes this pod would wait 15 minutes for its end and fail: ${todo}`,
        ],
      });
    }
  });

  it("are not reported while they still work", () => {
    assert.deepEqual(found([pod("alertmanager-0", "dead", { isUp: true })]), nothing);
  });

  it("are not reported if the Node object is gone or marked as out of service, because Kubernetes then removes them", () => {
    for (const on of ["deleted", "marked"]) assert.deepEqual(found([pod("alertmanager-0", on)]), nothing);
  });

  it("are not pods that start, end or wait on any other node", () => {
    assert.deepEqual(found([pod("alertmanager-0", "well"), pod("alertmanager-1", undefined)]), nothing);
  });

  it("do not exist before the first update", () => {
    assert.deepEqual(found(undefined), nothing);
    assert.deepEqual(lostPodFindings(undefined, false), nothing);
  });
});
