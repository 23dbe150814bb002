import assert from "node:assert/strict";
import type { V1Node } from "@kubernetes/client-node";
import { lossOf } from "../../../../lookup/cluster/node-loss";

describe("a lost node", () => {
  const ready = (status: string, spec: V1Node["spec"] = {}): V1Node => ({
    spec,
    status: { conditions: [{ type: "Ready", status }] },
  });

  it("is a node that is not Ready, or whose kubelet no longer reports", () => {
    for (const status of ["False", "Unknown"]) assert.deepEqual(lossOf(ready(status)), { isLost: true });
  });

  it("is not a node that is Ready, cordoned, or too new to have a condition", () => {
    for (const one of [ready("True"), ready("True", { unschedulable: true }), {}]) assert.deepEqual(lossOf(one), {});
  });

  it("may be marked as out of service", () => {
    const taints = [{ key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" }];
    assert.deepEqual(lossOf(ready("Unknown", { taints })), { isLost: true, isOutOfService: true });
    assert.deepEqual(lossOf(ready("True", { taints })), { isOutOfService: true });
    assert.deepEqual(lossOf(ready("Unknown", { taints: [{ key: "other", effect: "NoExecute" }] })), { isLost: true });
  });
});
