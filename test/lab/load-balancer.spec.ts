import assert from "node:assert/strict";
import type { V1Service } from "@kubernetes/client-node";
import { takenBy } from "../../lab/load-balancer/controller";

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer";

function service(annotations: Record<string, string> = {}, spec: V1Service["spec"] = {}): V1Service {
  return {
    metadata: {
      name: "prometheus",
      namespace: "monitoring",
      uid: "01234567-89ab-cdef-0123-456789abcdef",
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}-${key}`, value])),
    },
    spec: { type: "LoadBalancer", ...spec },
  };
}

describe("the lab's NLB controllers", () => {
  const take = (candidate: V1Service) => takenBy(candidate, "ap-northeast-2");

  it("ignore a Service for which neither controller would create an NLB", () => {
    assert.equal(take(service()), undefined);
    assert.equal(take(service({ type: "external" })), undefined);
    assert.equal(take(service({ type: "nlb" }, { loadBalancerClass: "other.example/nlb" })), undefined);
    assert.equal(take(service({ type: "nlb" }, { type: "ClusterIP" })), undefined);
  });

  it("handle a Service with a load balancer class as aws-load-balancer-controller does: internal by default", () => {
    const taken = take(service({}, { loadBalancerClass: "service.k8s.aws/nlb" }));
    assert.equal(taken?.controller, "aws-lbc");
    assert.equal(taken.finalizer, "service.k8s.aws/resources");
    assert.equal(taken.scheme, "internal");
    assert.match(
      taken.hostname,
      /^k8s-monitori-promethe-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.ap-northeast-2\.amazonaws\.com$/,
    );
  });

  it("handle a Service with type `external` as aws-load-balancer-controller does", () => {
    const taken = take(service({ type: "external", "nlb-target-type": "ip", scheme: "internet-facing" }));
    assert.equal(taken?.controller, "aws-lbc");
    assert.equal(taken.scheme, "internet-facing");
  });

  it("handle a Service with type `nlb` as the cloud controller manager does: public by default", () => {
    const taken = take(service({ type: "nlb" }));
    assert.equal(taken?.controller, "aws-ccm");
    assert.equal(taken.finalizer, "service.kubernetes.io/load-balancer-cleanup");
    assert.equal(taken.scheme, "internet-facing");
    assert.equal(take(service({ type: "nlb", internal: "true" }))?.scheme, "internal");
    assert.equal(take(service({ type: "nlb", internal: "false" }))?.scheme, "internet-facing");
  });
});
