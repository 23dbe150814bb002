import assert from "node:assert/strict";
import { loadBalancerAnnotations } from "../../../components/load-balancers";
import { guarded, settings } from "../../support/settings";

const prefix = "service.beta.kubernetes.io/aws-load-balancer-";
const tags = { "pulumi-stack": "dev", cluster: "lab" };

/** The annotations for a setting of `alerting:loadBalancer`, without their common prefix. */
function annotations(loadBalancer: object, certificateArn?: string): Record<string, string> {
  const made = loadBalancerAnnotations(settings({ ...guarded, loadBalancer }).loadBalancer, tags, certificateArn);
  return Object.fromEntries(
    Object.entries(made).map(([key, value]) => {
      assert.ok(key.startsWith(prefix), key);
      return [key.slice(prefix.length), value];
    }),
  );
}

describe("the annotations of the NLBs", () => {
  const additional = { "additional-resource-tags": "pulumi-stack=dev,cluster=lab" };
  const sourceRanges = ["10.0.0.0/8"];
  const [ccm, lbc] = ["cloud-controller-manager", "aws-load-balancer-controller"];

  it("set `type` and `internal` for the cloud controller manager, whose defaults are different", () => {
    assert.deepEqual(annotations({ controller: ccm }), { ...additional, type: "nlb", internal: "true" });
  });

  it("set `internal` to `false` for the cloud controller manager's internet-facing NLB", () => {
    assert.deepEqual(annotations({ controller: ccm, scheme: "internet-facing", sourceRanges }), {
      ...additional,
      type: "nlb",
      internal: "false",
    });
  });

  for (const scheme of ["internal", "internet-facing"]) {
    it(`set the scheme ${scheme} for the AWS load balancer controller, but no type: a type would create a second NLB`, () => {
      assert.deepEqual(annotations({ controller: lbc, scheme, sourceRanges }), {
        ...additional,
        scheme,
        "nlb-target-type": "instance",
      });
    });
  }

  it("name the subnets if any are set", () => {
    const subnetIds = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
    for (const controller of [ccm, lbc]) {
      assert.equal(annotations({ controller, subnetIds }).subnets, subnetIds.join(","));
      assert.ok(!("subnets" in annotations({ controller })));
    }
  });

  it("terminate TLS 1.2 or newer at the only port, and use the ACM certificate", () => {
    const { certificateArn } = guarded.access;
    for (const controller of [ccm, lbc]) {
      const made = annotations({ controller }, certificateArn);
      const without = annotations({ controller });
      assert.deepEqual(made, {
        ...without,
        "ssl-cert": certificateArn,
        "ssl-ports": "443",
        "ssl-negotiation-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
      });
      assert.ok(!Object.keys(without).some((name) => name.startsWith("ssl")));
    }
  });

  it("are all strings", () => {
    for (const controller of [ccm, lbc]) {
      for (const value of Object.values(annotations({ controller }))) assert.equal(typeof value, "string");
    }
  });
});
