import assert from "node:assert/strict";
import type { Instance } from "@aws-sdk/client-ec2";
import { nodeCredentials } from "../../../../tools/preflight/checks/node-credentials";

const enabled = { HttpEndpoint: "enabled", HttpPutResponseHopLimit: 2 } as const;
const profile = { Arn: "arn:aws:iam::123456789012:instance-profile/masters" };
const look = (...machines: (Instance | undefined)[]) =>
  nodeCredentials(
    machines.map((machine, index) => ({
      node: { name: `master-${index}`, labels: {}, labelManagers: {} },
      role: "master",
      ...(machine && { machine: { InstanceId: `i-${index}`, ...machine } }),
    })),
  );

describe("a preflight's check of the nodes' credentials", () => {
  it("is content if pods reach the metadata service and the nodes have a profile", () => {
    const good = { MetadataOptions: enabled, IamInstanceProfile: profile };
    assert.deepEqual(look(good, good), [{ status: "ok", what: "pods on 2 nodes get credentials from AWS." }]);
  });

  it("names each node on which Prometheus would not start, with the command that changes it", () => {
    const results = look(
      { MetadataOptions: { ...enabled, HttpEndpoint: "disabled" }, IamInstanceProfile: profile },
      { MetadataOptions: { ...enabled, HttpPutResponseHopLimit: 1 }, IamInstanceProfile: profile },
      { MetadataOptions: enabled },
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ["failed", "failed", "failed"],
    );
    assert.match(results[0]!.what, /^master-0 has no metadata service/);
    assert.match(results[0]!.todo!, /--instance-id i-0 --http-endpoint enabled/);
    assert.match(results[1]!.what, /^pods on master-1 get no token .* hop limit is 1, so Prometheus would not start/);
    assert.match(results[1]!.todo!, /--instance-id i-1 --http-put-response-hop-limit 2/);
    assert.match(results[2]!.what, /^master-2 has no instance profile/);
  });

  it("only warns of a hop limit of 1 if the metadata service also answers without a token", () => {
    const options = { ...enabled, HttpPutResponseHopLimit: 1, HttpTokens: "optional" } as const;
    const [result] = look({ MetadataOptions: options, IamInstanceProfile: profile });
    assert.equal(result?.status, "warning");
    assert.match(result.what, /IMDSv1/);
  });

  it("knows nothing of nodes that EC2 does not know", () => {
    assert.equal(look(undefined)[0]?.status, "warning");
  });
});
