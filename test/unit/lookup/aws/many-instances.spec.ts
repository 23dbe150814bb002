import assert from "node:assert/strict";
import { addressIn } from "../../../../lookup/aws/instance-names";
import { findInstances, storageNetwork } from "../../../../lookup/aws/node-network";
import { ec2, machines, nodeOf } from "../../../support/machines";
import { record, type Recorder } from "../../../support/mocks";

describe("the look-ups of many nodes in EC2", () => {
  const asked = async (count: number, hasProviderId: boolean): Promise<{ questions: number; recorder: Recorder }> => {
    const all = machines(count);
    const recorder = await record(ec2(all));
    const nodes = all.map((machine) => nodeOf(machine, hasProviderId));
    const { network, faults } = await storageNetwork({ network: {}, missingNodes: "error" }, nodes, {});
    assert.deepEqual(faults, []);
    assert.deepEqual(
      network?.subnets.map(({ zone }) => zone),
      ["a", "b", "c"],
    );
    // The program looks up the groups of only some instances. Still, each node has one of the groups that may mount.
    for (const { groups } of all) {
      assert.ok(groups.some((group) => network?.securityGroupIds.includes(group)));
    }
    return { questions: recorder.invokes.length, recorder };
  };

  for (const hasProviderId of [true, false]) {
    it(`stay few for any number of nodes, ${hasProviderId ? "with" : "without"} ids in the cluster`, async () => {
      const [few, hundred, thousand] = [
        await asked(10, hasProviderId),
        await asked(100, hasProviderId),
        await asked(1_000, hasProviderId),
      ];
      assert.equal(few.questions, 1 + 10, "of up to twenty each one's network is read");
      assert.ok(hundred.questions <= 20, `${hundred.questions} for 100 nodes`);
      assert.ok(thousand.questions <= 40, `${thousand.questions} for 1,000 nodes`);
    });
  }

  it("name each node that EC2 does not know, and no other node", async () => {
    const all = machines(60);
    await record(ec2(all.filter((_, index) => index !== 7 && index !== 30)));
    const nodes = all.map((machine, index) => nodeOf(machine, index % 2 === 0));
    const { faults } = await findInstances(nodes, {});
    assert.equal(faults.length, 2);
    for (const index of [7, 30]) {
      assert.ok(
        faults.some(({ sentence }) => sentence.includes(`"${nodes[index]!.name}"`)),
        String(index),
      );
    }
  });

  it("give the same network whatever the order of EC2's answers, and the same subnets as for a few nodes", async () => {
    const networkOf = async (count: number, change: (list: readonly string[]) => string[]): Promise<unknown> => {
      const all = machines(60);
      const calls = ec2(all);
      const [list, get] = [
        calls["aws:ec2/getInstances:getInstances"]!,
        calls["aws:ec2/getNetworkInterface:getNetworkInterface"]!,
      ];
      await record({
        ...calls,
        "aws:ec2/getInstances:getInstances": (inputs) => {
          const { ids, privateIps } = list(inputs) as { ids: string[]; privateIps: string[] };
          return { ids: change(ids), privateIps: change(privateIps) };
        },
        // Each node is in a separate subnet.
        "aws:ec2/getNetworkInterface:getNetworkInterface": (inputs) => {
          const found = get(inputs) as { availabilityZone: string };
          const [
            {
              values: [id],
            },
          ] = inputs.filters as [{ values: [string] }];
          return { ...found, subnetId: `subnet-${id}-${found.availabilityZone}` };
        },
      });
      const nodes = all.slice(0, count).map((machine, index) => nodeOf(machine, index !== 3 && index % 2 === 1));
      // One of these nodes is found only by a separate request.
      nodes[5] = { ...nodes[5]!, name: "odd", providerId: undefined };
      const answers = await findInstances(nodes, {});
      const { network } = await storageNetwork({ network: {}, missingNodes: "warn" }, nodes, {});
      assert.deepEqual(
        answers.faults.map(({ key }) => key),
        ["alerting:nodes"],
      );
      return network;
    };
    const forward = await networkOf(60, (list) => [...list]);
    assert.deepEqual(await networkOf(60, (list) => list.toReversed()), forward);
    const few = await networkOf(20, (list) => [...list]);
    assert.deepEqual((forward as { subnets: unknown }).subnets, (few as { subnets: unknown }).subnets);
  });

  it("report once that AWS does not answer", async () => {
    const refuse = () => {
      throw Object.assign(new Error(), { details: "AuthFailure: not you" });
    };
    await record({ ...ec2([]), "aws:ec2/getInstances:getInstances": refuse });
    const nodes = machines(50).map((machine) => nodeOf(machine, true));
    await assert.rejects(findInstances(nodes, {}), /AWS did not answer: AuthFailure/);
  });
});

describe("the address in a node's name", () => {
  it("is read if the name has EC2's format", () => {
    assert.equal(addressIn("ip-10-0-1-10.ap-northeast-2.compute.internal"), "10.0.1.10");
    assert.equal(addressIn("ip-10-0-1-10"), "10.0.1.10");
    for (const other of [
      "ip-10-0-1",
      "node-1",
      "i-0123456789abcdef0.ap-northeast-2.compute.internal",
      "xip-10-0-1-10",
    ]) {
      assert.equal(addressIn(other), undefined, other);
    }
  });
});
