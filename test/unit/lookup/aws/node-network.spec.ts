import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { reason } from "../../../../lookup/aws/errors";
import { decideOnAws } from "../../../../lookup/aws/node-decision";
import { creationToken } from "../../../../conventions/aws-names";
import { addressIn, instanceIdOf } from "../../../../lookup/aws/instance-names";
import { findInstances, storageNetwork, subnetsByZone, taggedNodes } from "../../../../lookup/aws/node-network";
import { awsProvider } from "../../../../components/providers";
import type { ClusterFacts, ClusterNode } from "../../../../lookup/cluster/cluster-facts";
import { type Calls, record } from "../../../support/mocks";
import { faultLines, lines, master, settings, type Values, workerB, workerC } from "../../../support/settings";

interface Instance {
  id: string;
  privateDns: string;
  address: string | undefined;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  securityGroups: string[];
}

const instance = (id: string, name: string, zone: string, groups: string[], subnetId = `subnet-${zone}`): Instance => ({
  id,
  privateDns: name,
  address: addressIn(name),
  vpcId: "vpc-1",
  subnetId,
  availabilityZone: zone,
  securityGroups: groups,
});
const inEc2 = [
  instance("i-0aaaaaaaa", master, "a", ["sg-all", "sg-masters"]),
  instance("i-0bbbbbbbb", workerB, "b", ["sg-all"]),
  instance("i-0cccccccc", workerC, "c", ["sg-all"]),
];
const node = (name: string, providerId?: string): ClusterNode => ({ name, providerId, labels: {}, labelManagers: {} });
const nodes = [
  node(master, "aws:///a/i-0aaaaaaaa"),
  node(workerB, "aws:///b/i-0bbbbbbbb"),
  // The cluster knows no provider ID for this node: EC2 finds it by name.
  node(workerC),
];

/** An error as it comes through the engine: the program reads only the details of the call. */
function refusal(said: string): Error {
  const details = `invocation of aws:ec2/x:x returned an error: invoking aws:ec2/x:x: 1 error occurred:\n\t* ${said}\n\n`;
  return Object.assign(new Error(), { details });
}

/** A fake of EC2: it returns instances and subnets, and throws for unknown ones, as AWS does. */
function ec2(
  instances: readonly Instance[] = inEc2,
  subnetsOf: Record<string, [zone: string, vpc: string]> = {},
): Calls {
  type Filters = { name: string; values: string[] }[];
  const valueOf: Record<string, (one: Instance) => string | undefined> = {
    "instance-id": ({ id }) => id,
    "private-dns-name": ({ privateDns }) => privateDns,
    "private-ip-address": ({ address }) => address,
    "vpc-id": ({ vpcId }) => vpcId,
  };
  return {
    "aws:ec2/getInstances:getInstances": ({ filters }) => {
      const found = instances.filter((one) =>
        (filters as Filters).every(({ name, values }) => values.includes(valueOf[name]?.(one) ?? values[0]!)),
      );
      return { ids: found.map(({ id }) => id), privateIps: found.map(({ address }) => address) };
    },
    "aws:ec2/getNetworkInterface:getNetworkInterface": ({ filters }) => {
      const [
        {
          values: [id],
        },
      ] = filters as [{ values: [string] }];
      const found = instances.find((one) => one.id === id);
      if (!found) throw refusal("no matching EC2 Network Interface found");
      return found;
    },
    "aws:ec2/getSubnet:getSubnet": ({ id }) => {
      const known = subnetsOf[id as string];
      const [zone, vpcId] = known ?? [(id as string).replace("subnet-", ""), "vpc-1"];
      if (zone === "unknown") throw refusal("no matching EC2 Subnet found");
      return { id, availabilityZone: zone, vpcId };
    },
  };
}

async function ask<T>(calls: Calls, run: (options: { provider: ReturnType<typeof awsProvider> }) => Promise<T>) {
  const recorder = await record(calls);
  const answer = await run({ provider: awsProvider({ region: "ap-northeast-2" }) });
  return { answer, invokes: recorder.invokes };
}

const find = async (calls: Calls, settingsOf: Values = {}, of = nodes, more: Values = {}) => {
  const { answer, invokes } = await ask(calls, (options) =>
    storageNetwork(settings({ network: settingsOf, ...more }), of, options),
  );
  return { ...answer, told: lines(answer.faults), invokes };
};

describe("a node's instance", () => {
  it("is read from the providerID, and never from a providerID of another cloud", () => {
    assert.equal(instanceIdOf("aws:///ap-northeast-2a/i-0123456789abcdef0"), "i-0123456789abcdef0");
    for (const form of ["aws:////ID", "aws://ap-northeast-2a/ID", "ID", "aws:///ap-northeast-2a/ID/"])
      assert.equal(instanceIdOf(form.replace("ID", "i-0123456789abcdef0")), "i-0123456789abcdef0", form);
    for (const other of [
      ...[undefined, "", "gce://project/zone/name", "aws:///ap-northeast-2a/fargate-1", "xi-0123456789abcdef0"],
      ...["aws:///ap-northeast-2a/x/i-0123456789abcdef0", "k3s://i-0123456789abcdef0"],
    ])
      assert.equal(instanceIdOf(other), undefined, other);
  });

  it("is looked up by its id, otherwise by the private DNS name, among instances that are not terminated", async () => {
    const { answer, invokes } = await ask(ec2(), (options) => findInstances(nodes, options));
    assert.deepEqual(
      answer.instances.map((one) => [one.node.name, one.instanceId, one.zone]),
      [
        [master, "i-0aaaaaaaa", "a"],
        [workerB, "i-0bbbbbbbb", "b"],
        [workerC, "i-0cccccccc", "c"],
      ],
    );
    const living = ["pending", "running", "stopping", "stopped"];
    const asked = (name: string, values: string[]) => ({ filters: [{ name, values }], instanceStateNames: living });
    const questions = [asked("instance-id", ["i-0aaaaaaaa", "i-0bbbbbbbb"]), asked("private-dns-name", [workerC])];
    assert.deepEqual(new Set(invokes.slice(0, 2).map(({ inputs }) => inputs)), new Set(questions));
  });

  it("is never looked up with getInstance, which would read its user data", async () => {
    const { invokes } = await ask(ec2(), (options) => findInstances(nodes, options));
    assert.deepEqual(
      new Set(invokes.map(({ token }) => token.split(":").at(-1))),
      new Set(["getInstances", "getNetworkInterface"]),
    );
    assert.deepEqual(invokes[2]!.inputs, {
      filters: [
        { name: "attachment.instance-id", values: ["i-0aaaaaaaa"] },
        { name: "attachment.device-index", values: ["0"] },
      ],
    });
  });

  it("is found by an instance id in the node's name", async () => {
    const resource = node("i-0aaaaaaaa.ap-northeast-2.compute.internal");
    const { answer, invokes } = await ask(ec2(), (options) => findInstances([resource], options));
    assert.deepEqual(answer.faults, []);
    assert.deepEqual(invokes[0]!.inputs.filters, [{ name: "instance-id", values: ["i-0aaaaaaaa"] }]);
  });

  describe("whose node has a custom name", () => {
    const own = (address: string) => ({ ...node("worker-1"), address });
    /** EC2 with one address that belongs to one machine, and another address that belongs to two machines. */
    const byAddress = ec2([
      ...inEc2,
      { ...inEc2[1]!, id: "i-0eeeeeeee", address: "10.0.2.99" },
      { ...inEc2[1]!, id: "i-0ffffffff", address: "10.0.2.99", vpcId: "vpc-2" },
    ]);

    it("is found by the node's address", async () => {
      const { answer } = await ask(byAddress, (options) => findInstances([own("10.0.2.11")], options));
      assert.deepEqual(
        answer.instances.map(({ node: { name }, instanceId }) => [name, instanceId]),
        [["worker-1", "i-0bbbbbbbb"]],
      );
    });

    it("is reported as ambiguous if two VPCs have the address, until the VPC is set", async () => {
      const unclear = await ask(byAddress, (options) => findInstances([own("10.0.2.99")], options));
      assert.match(
        lines(unclear.answer.faults).join(),
        /by the address 10\.0\.2\.99: it has no such machine, or more than one\. .*network\.vpcId/,
      );
      const { answer } = await ask(byAddress, (options) => findInstances([own("10.0.2.99")], options, "vpc-1"));
      assert.deepEqual(answer.faults, []);
    });

    it("is reported as ambiguous if two VPCs have a machine with the same EC2 name", async () => {
      const twice = ec2([...inEc2, { ...inEc2[2]!, id: "i-0ffffffff", vpcId: "vpc-2" }]);
      const unclear = await ask(twice, (options) => findInstances([node(workerC)], options));
      assert.equal(unclear.answer.instances.length, 0);
      assert.match(
        lines(unclear.answer.faults).join(),
        /by the private DNS name .*: it has no such machine, or more than one/,
      );
      const { answer } = await ask(twice, (options) => findInstances([node(workerC)], options, "vpc-1"));
      assert.deepEqual(
        answer.instances.map(({ instanceId }) => instanceId),
        ["i-0cccccccc"],
      );
    });

    it("is never a machine that took over the address, if the cluster knows an instance id", async () => {
      const gone = { ...own("10.0.2.11"), providerId: "aws:///b/i-0dddddddd" };
      const { answer } = await ask(byAddress, (options) => findInstances([gone], options));
      assert.equal(answer.instances.length, 0);
    });
  });

  it("is looked up with the named provider, never with a default one", async () => {
    const { invokes } = await ask(ec2(), (options) => findInstances(nodes, options));
    for (const { provider } of invokes) assert.match(provider, /pulumi:providers:aws::aws::/);
  });

  it("is reported once if EC2 does not know it; the message names the node, how it was looked up, and what to do", async () => {
    const { told, network } = await find(ec2([inEc2[0]!]));
    assert.equal(network, undefined);
    assert.deepEqual(told, [
      `alerting:nodes: EC2 does not know node "${workerB}" by the instance id i-0bbbbbbbb of its providerID: ${said}. ${remedy}`,
      `alerting:nodes: EC2 does not know node "${workerC}" by the private DNS name ${workerC} or the address 10.0.3.12: ${said}. ${remedy}`,
    ]);
  });
  const said = "it has no such machine, or more than one";
  const remedy =
    'Check alerting:aws.region and the account, set alerting:network.vpcId, subnetIds and securityGroupIds, or skip missing nodes with alerting:missingNodes "warn".';
});

describe("AWS' reason for an error", () => {
  for (const [message, said] of [
    [
      "invocation of a:b:c returned an error: invoking a:b:c: 1 error occurred:\n\t* UnauthorizedOperation: no.\n\n",
      "UnauthorizedOperation: no",
    ],
    ["invocation of a:b:c returned an error: no EC2 Subnet found", "no EC2 Subnet found"],
    ["plain.", "plain"],
    ["", "it gave no reason"],
  ] as const) {
    it(`is read from ${JSON.stringify(message)} as ${said}`, () => assert.equal(reason(new Error(message)), said));
  }
});

describe("the network of the file system", () => {
  it("is the nodes' network: their VPC, one subnet per zone, and all their security groups without duplicates", async () => {
    const { network, told } = await find(ec2());
    assert.deepEqual(told, []);
    assert.deepEqual(network, {
      vpcId: "vpc-1",
      subnets: [
        { zone: "a", subnetId: "subnet-a" },
        { zone: "b", subnetId: "subnet-b" },
        { zone: "c", subnetId: "subnet-c" },
      ],
      securityGroupIds: ["sg-all", "sg-masters"],
    });
  });

  it("uses the first node's subnet if the nodes have several subnets in a zone", async () => {
    const two = [...inEc2.slice(0, 1), instance("i-0bbbbbbbb", workerB, "a", ["sg-all"], "subnet-a2")];
    const { network } = await find(ec2(two, { "subnet-a2": ["a", "vpc-1"] }), {}, nodes.slice(0, 2));
    assert.deepEqual(network?.subnets, [{ zone: "a", subnetId: "subnet-a" }]);
  });

  it('leaves out a node without a machine if missingNodes is "warn", and warns of it', async () => {
    const { network, faults, warnings } = await find(ec2(inEc2.slice(0, 2)), {}, nodes, { missingNodes: "warn" });
    assert.deepEqual(faults, []);
    assert.match(warnings.join("\n"), new RegExp(`EC2 does not know node "${workerC}".*It is left out`));
    assert.deepEqual(
      network?.subnets.map(({ zone }) => zone),
      ["a", "b"],
    );
  });

  it('is refused if no machine is known at all, even if missingNodes is "warn"', async () => {
    const { network, told } = await find(ec2([]), {}, nodes, { missingNodes: "warn" });
    assert.equal(network, undefined);
    assert.equal(told.length, nodes.length);
  });

  it("does not depend on the order in which EC2 lists the zones", () => {
    const [a, b] = [
      { zone: "b", subnetId: "subnet-b" },
      { zone: "a", subnetId: "subnet-a" },
    ];
    assert.deepEqual(subnetsByZone([a, b]), subnetsByZone([b, a]));
  });

  it("is the network of the settings if all of it is set, and then no node is looked up", async () => {
    const set = {
      vpcId: "vpc-01234567",
      subnetIds: ["subnet-01234567", "subnet-89abcdef"],
      securityGroupIds: ["sg-01234567"],
    };
    const { network, invokes } = await find(
      ec2([], { "subnet-01234567": ["b", "vpc-01234567"], "subnet-89abcdef": ["a", "vpc-01234567"] }),
      set,
    );
    assert.deepEqual(network, {
      vpcId: "vpc-01234567",
      subnets: [
        { zone: "a", subnetId: "subnet-89abcdef" },
        { zone: "b", subnetId: "subnet-01234567" },
      ],
      securityGroupIds: ["sg-01234567"],
    });
    assert.deepEqual([...new Set(invokes.map(({ token }) => token))], ["aws:ec2/getSubnet:getSubnet"]);
  });

  it("uses the nodes' values for everything that is not set", async () => {
    const { network } = await find(ec2(inEc2, { "subnet-01234567": ["a", "vpc-1"] }), {
      subnetIds: ["subnet-01234567"],
    });
    assert.deepEqual(network?.subnets, [{ zone: "a", subnetId: "subnet-01234567" }]);
    assert.deepEqual(network.securityGroupIds, ["sg-all", "sg-masters"]);
  });

  it("refuses two subnets in one zone, and names both subnets and the zone", async () => {
    const subnetIds = ["subnet-01234567", "subnet-89abcdef"];
    const { told } = await find(ec2(inEc2, { "subnet-01234567": ["a", "vpc-1"], "subnet-89abcdef": ["a", "vpc-1"] }), {
      subnetIds,
    });
    assert.deepEqual(told, [
      "alerting:network.subnetIds: subnet-01234567 and subnet-89abcdef are both in zone a, and EFS allows one mount target in a zone; keep one of them.",
    ]);
  });

  it("refuses a subnet that is listed twice, before EC2 is asked", () => {
    const told = faultLines({ network: { subnetIds: ["subnet-01234567", "subnet-01234567"] } });
    assert.match(told.join(), /^alerting:network\.subnetIds\[1\]: got "subnet-01234567"; .* remove one of the two\.$/);
  });

  it("refuses subnets in several VPCs, and names the VPCs", async () => {
    const subnetIds = ["subnet-01234567", "subnet-89abcdef"];
    const { told } = await find(ec2(inEc2, { "subnet-01234567": ["a", "vpc-1"], "subnet-89abcdef": ["b", "vpc-2"] }), {
      subnetIds,
    });
    assert.deepEqual(told, [
      "alerting:network.subnetIds: the subnets are in more than one VPC (vpc-1, vpc-2); all mount targets have to be in one.",
    ]);
  });

  it("refuses nodes in several VPCs: the message lists the nodes, and mentions only settings that are set", async () => {
    const { told } = await find(ec2([...inEc2.slice(0, 2), { ...inEc2[2]!, vpcId: "vpc-2" }]));
    assert.equal(told.length, 1);
    assert.match(
      told[0]!,
      new RegExp(`^alerting:nodes: .*vpc-1 \\(${master}, ${workerB}\\) and vpc-2 \\(${workerC}\\)`),
    );
  });

  it("refuses nodes of another VPC in a zone that already has a subnet", async () => {
    const other = { ...instance("i-0bbbbbbbb", workerB, "a", ["sg-all"], "subnet-other"), vpcId: "vpc-2" };
    const { told } = await find(ec2([inEc2[0]!, other]), {}, nodes.slice(0, 2));
    assert.match(told.join(), new RegExp(`vpc-1 \\(${master}\\) and vpc-2 \\(${workerB}\\)`));
  });

  it("refuses a VPC that is not the nodes' VPC", async () => {
    const { told } = await find(ec2(), { vpcId: "vpc-01234567" }, nodes.slice(0, 2));
    assert.deepEqual(told, [
      'alerting:network.vpcId: got "vpc-01234567", but the nodes are in vpc-1. Leave it out, or set alerting:network.subnetIds and securityGroupIds too.',
    ]);
  });

  it("has no mount target in a Local Zone, but nodes there may still mount", async () => {
    const local = instance("i-0cccccccc", workerC, "us-west-2-lax-1a", ["sg-edge"]);
    const { network, told } = await find(ec2([...inEc2.slice(0, 2), local]));
    assert.deepEqual(told, []);
    assert.deepEqual(
      network?.subnets.map(({ zone }) => zone),
      ["a", "b"],
    );
    assert.deepEqual(network.securityGroupIds, ["sg-all", "sg-edge", "sg-masters"]);
    const given = await find(ec2(inEc2, { "subnet-01234567": ["us-east-1-wl1-bos-wlz-1", "vpc-1"] }), {
      subnetIds: ["subnet-01234567"],
    });
    assert.match(
      given.told.join(),
      /^alerting:network\.subnetIds: subnet-01234567 is in us-east-1-wl1-bos-wlz-1.*remove it/,
    );
  });

  it("refuses a subnet that EC2 does not know", async () => {
    const { told } = await find(ec2(inEc2, { "subnet-01234567": ["unknown", ""] }), { subnetIds: ["subnet-01234567"] });
    assert.deepEqual(told, [
      "alerting:network.subnetIds: EC2 does not know the subnet subnet-01234567: no matching EC2 Subnet found.",
    ]);
  });
});

describe("an EC2 tag", () => {
  const tag = { key: "role", value: "worker" };

  it("selects the cluster's nodes by instance id or private DNS name, and no instance outside the cluster", async () => {
    const stranger = instance("i-0dddddddd", "ip-10-9-9-9.ap-northeast-2.compute.internal", "a", []);
    const { answer, invokes } = await ask(ec2([...inEc2.slice(1), stranger]), (options) =>
      taggedNodes(tag, nodes, options),
    );
    assert.deepEqual(answer, [workerB, workerC]);
    const filters = invokes.map(({ inputs }) => (inputs.filters as object[])[0]);
    assert.ok(filters.some((one) => isDeepStrictEqual(one, { name: "tag:role", values: ["worker"] })));
  });

  it("also selects nodes with a stopped machine, which the provider's default would leave out", async () => {
    const { invokes } = await ask(ec2(), (options) => taggedNodes(tag, nodes, options));
    const lists = invokes.filter(({ inputs }) => "filters" in inputs);
    for (const { inputs } of lists)
      assert.deepEqual(inputs.instanceStateNames, ["pending", "running", "stopping", "stopped"]);
  });

  it("selects nodes by their address if nothing else identifies them, but no node with an instance id by its address only", async () => {
    const calls = ec2([
      { ...inEc2[1]!, address: "10.0.2.11" },
      { ...inEc2[1]!, id: "i-0eeeeeeee", address: "10.0.1.10" },
      { ...inEc2[1]!, id: "i-0ffffffff", address: "10.0.3.12" },
    ]);
    const of = [
      // A machine in another VPC has the same address, and the tag.
      { ...node(master, "aws:///a/i-0aaaaaaaa"), address: "10.0.1.10" },
      { ...node("worker-1"), address: "10.0.2.11" },
      { ...node("worker-2"), address: "10.0.3.12" },
    ];
    const { answer } = await ask(calls, (options) => taggedNodes(tag, of, options));
    assert.deepEqual(answer, ["worker-1", "worker-2"]);
  });
});

describe("the checks and choices in AWS", () => {
  const facts = (over: Partial<ClusterFacts> = {}) => ({ nodes, selected: {}, ...over }) as ClusterFacts;
  const decide = (values: Values, calls: Calls, known = facts()) =>
    ask(calls, (options) =>
      decideOnAws({ settings: settings(values), owner: "organization/alerting/prod" }, known, options),
    );

  it("are skipped if data is not stored on EFS: AWS is not asked at all", async () => {
    for (const storage of [{ type: "none" }, { type: "storageClass" }]) {
      const { answer, invokes } = await decide({ storage }, {});
      assert.equal(answer.network, undefined);
      assert.deepEqual(invokes, []);
      assert.deepEqual(
        answer.nodes.map((one) => one.node.name),
        [master],
      );
    }
  });

  it("refuse more replicas than the nodes with an EC2 tag can carry, and warn of a node whose loss silences alerting", async () => {
    const answers = {
      ...ec2(),
      "aws:ec2/getInstances:getInstances": () => ({ ids: ["i-0aaaaaaaa"], privateIps: [undefined] }),
    };
    const byTag = { masters: { ec2Tag: { key: "role", value: "master" } }, workers: { names: [workerB] } };
    const values = { nodes: byTag, storage: { type: "none" } };
    await assert.rejects(
      decide({ ...values, availability: { alertmanagers: 2 } }, answers),
      /alerting:availability\.alertmanagers: got 2, but 1 master can run only 1, .* set alerting:availability\.spread to "all"/,
    );
    const spread = { alertmanagers: 2, prometheus: 2, spread: "all" };
    assert.deepEqual((await decide({ ...values, availability: spread }, answers)).answer.warnings, []);
    const { warnings } = (await decide(values, answers)).answer;
    assert.equal(warnings.length, 1);
    assert.ok(
      warnings[0]!.startsWith(`alerting:availability: the loss of the master ${master} would silence alerting`),
    );
  });

  const kept = { fileSystemId: "fs-0123456789abcdef0", mountTargets: "existing" };

  const known: Calls = {
    "aws:efs/getFileSystem:getFileSystem": ({ fileSystemId }) => ({ fileSystemId, availabilityZoneName: "" }),
    "aws:efs/getMountTarget:getMountTarget": () => {
      throw refusal("reading EFS Mount Target: too many results: wanted 1, got 3");
    },
  };

  it("only read the file system and its mount targets if the mount targets already exist", async () => {
    const { answer, invokes } = await decide({ storage: kept }, known);
    assert.equal(answer.network, undefined);
    assert.deepEqual(
      invokes.map(({ token }) => token),
      ["aws:efs/getFileSystem:getFileSystem", "aws:efs/getMountTarget:getMountTarget"],
    );
  });

  describe("for the mount targets of an existing file system", () => {
    const given = { fileSystemId: kept.fileSystemId };
    const noGroup = { "aws:ec2/getSecurityGroups:getSecurityGroups": () => ({ ids: [] }) };
    const withTarget = (answer: () => object): Calls => ({
      ...ec2(inEc2),
      ...known,
      ...noGroup,
      "aws:efs/getMountTarget:getMountTarget": answer,
    });
    const one = { availabilityZoneName: "a", subnetId: "subnet-a" };
    const without = () => {
      throw refusal("reading EFS Mount Target: couldn't find resource");
    };

    it("report existing mount targets before an update fails halfway", async () => {
      for (const [calls, has] of [
        [{ ...ec2(inEc2), ...known, ...noGroup }, "has mount targets already"],
        [withTarget(() => one), "has a mount target in a already"],
      ] as const) {
        await assert.rejects(decide({ storage: given }, calls), (error: Error) => {
          assert.match(
            error.message,
            /alerting:storage\.mountTargets: got "create", but .*MountTargetConflict.*"existing"/,
          );
          assert.ok(error.message.includes(has), error.message);
          return true;
        });
      }
      const { answer } = await decide({ storage: given }, withTarget(without));
      assert.equal(answer.network?.subnets.length, 1);
    });

    it("only warn if the mount targets may come from an interrupted update, and do nothing for a deployed stack", async () => {
      const own = {
        ...ec2(inEc2),
        ...known,
        "aws:ec2/getSecurityGroups:getSecurityGroups": () => ({ ids: ["sg-own"] }),
      };
      const { answer, invokes } = await decide({ storage: given }, own);
      assert.match(
        answer.warnings.join("\n"),
        /^alerting:storage\.mountTargets: .*interrupted update of this stack, they are adopted/m,
      );
      const asked = invokes.find(({ token }) => token.includes("getSecurityGroups"))!.inputs;
      assert.deepEqual(asked.filters, [
        { name: "tag:Name", values: [creationToken("organization/alerting/prod", "lab")] },
      ]);
      const living = facts({ deployedStorage: { claims: [], fileSystem: { id: given.fileSystemId, isGiven: true } } });
      const later = await decide({ storage: given }, { ...ec2(inEc2), ...known }, living);
      assert.doesNotMatch(later.answer.warnings.join("\n"), /mountTargets/);
    });

    it('report missing mount targets, or mount targets in another VPC, if mountTargets is "existing"', async () => {
      await assert.rejects(
        decide({ storage: kept }, withTarget(without)),
        /mountTargets: got "existing", but the file system fs-\w+ has no mount target\. Set it to "create"/,
      );
      const elsewhere = withTarget(() => one);
      const values = { storage: kept, network: { vpcId: "vpc-01234567" } };
      await assert.rejects(
        decide(values, elsewhere),
        /is in vpc-1, and the file system's name does not resolve in vpc-01234567/,
      );
      await decide({ storage: kept, network: {} }, elsewhere);
      await decide({ ...values, storage: { ...kept, mountTargetIp: "10.1.2.3" } }, elsewhere);
    });

    it("ignore an unexpected error from AWS", async () => {
      const odd = () => {
        throw refusal("something new");
      };
      await decide({ storage: kept }, withTarget(odd));
      await decide({ storage: given }, withTarget(odd));
    });
  });

  describe("for a One Zone file system", () => {
    const given = { fileSystemId: kept.fileSystemId };
    const inZone = (zone: string): Calls => ({
      ...ec2(inEc2),
      "aws:efs/getFileSystem:getFileSystem": () => ({ availabilityZoneName: zone }),
      "aws:efs/getMountTarget:getMountTarget": () => {
        throw refusal("couldn't find resource");
      },
    });
    const two = { nodes: { masters: { names: [master, workerB] }, workers: { names: [workerC] } } };

    it("plan one mount target in the file system's zone, and warn of masters in other zones", async () => {
      const { answer } = await decide({ ...two, storage: given }, inZone("a"));
      assert.deepEqual(answer.network?.subnets, [{ zone: "a", subnetId: "subnet-a" }]);
      assert.match(
        answer.warnings.join("\n"),
        new RegExp(`^alerting:nodes\\.masters: master ${workerB} is in zone b, .*One Zone, in a.*mountTargetIp`, "m"),
      );
    });

    it("warn of workers in other zones only if replicas may run there", async () => {
      const availability = { alertmanagers: 2, prometheus: 2, spread: "all" };
      const nodes = { masters: { names: [master] }, workers: { names: [workerB] } };
      const left = async (more: object) =>
        (await decide({ nodes, storage: given, ...more }, inZone("a"))).answer.warnings.filter((one) =>
          /One Zone/.test(one),
        );
      assert.deepEqual(await left({}), []);
      assert.match(
        (await left({ availability })).join("\n"),
        new RegExp(`^alerting:nodes: node ${workerB} is in zone b, `),
      );
    });

    it("fail if no master is in the file system's zone", async () => {
      await assert.rejects(
        decide({ storage: given }, inZone("c")),
        new RegExp(`alerting:nodes\\.masters: master ${master} is in zone a, which would get no mount target`),
      );
      const network = { subnetIds: ["subnet-0a000000"], securityGroupIds: ["sg-01234567"] };
      const calls = { ...inZone("c"), ...ec2(inEc2, { "subnet-0a000000": ["a", "vpc-1"] }) };
      await assert.rejects(
        decide({ storage: given, network }, { ...calls, ...pick(inZone("c")) }),
        /network\.subnetIds: none is in c/,
      );
    });
    const pick = (calls: Calls) =>
      Object.fromEntries(Object.entries(calls).filter(([token]) => token.startsWith("aws:efs")));
  });

  it("refuse a master in a Local Zone, because it cannot mount", async () => {
    const local = [instance("i-0aaaaaaaa", master, "us-west-2-lax-1a", ["sg-all"])];
    await assert.rejects(decide({}, ec2(local)), /zone us-west-2-lax-1a, .*Local and Wavelength Zones.*storageClass/);
  });

  it("refuse a file system that EFS does not know, under the setting that names it", async () => {
    const unknown: Calls = {
      "aws:efs/getFileSystem:getFileSystem": () => {
        throw refusal("reading EFS FileSystem: couldn't find resource: FileSystemNotFound");
      },
    };
    await assert.rejects(
      decide({ storage: kept }, unknown),
      /alerting:storage\.fileSystemId: EFS does not know the file/,
    );
  });

  it("report a file system that an interrupted update has left, and how to add it to the state", async () => {
    const left: Calls = {
      ...ec2(inEc2),
      "aws:efs/getFileSystem:getFileSystem": ({ creationToken }) =>
        typeof creationToken === "string" ? { fileSystemId: "fs-0123" } : {},
    };
    const { answer } = await decide({}, left);
    assert.match(
      answer.warnings.join("\n"),
      /EFS has fs-0123 with this stack's creation token, .*FileSystemAlreadyExists.*\npulumi import aws:efs\/fileSystem:FileSystem storage fs-0123 --parent/,
    );
    const living = facts({ deployedStorage: { claims: [], fileSystem: { id: "fs-0123" } } });
    assert.deepEqual((await decide({}, left, living)).answer.warnings, []);
  });

  describe("for the file system of a deployed stack", () => {
    const own = "fs-0123456789abcdef0";
    const [key, other] = ["1", "2"].map(
      (digit) => `arn:aws:kms:ap-northeast-2:123456789012:key/${digit}234abcd-12ab-34cd-56ef-1234567890ab`,
    );
    const living = facts({ deployedStorage: { claims: [], fileSystem: { id: own } } });
    const encrypted: Calls = { ...ec2(inEc2), "aws:efs/getFileSystem:getFileSystem": () => ({ kmsKeyId: key }) };

    it("report that its KMS key cannot change, and accept the same key or none in the settings", async () => {
      await assert.rejects(
        decide({ storage: { kmsKeyId: other } }, encrypted, living),
        (error: Error) =>
          error.message.includes(`alerting:storage.kmsKeyId: got "${other}", but the file system ${own}`) &&
          error.message.includes(`is encrypted with "${key}"`),
      );
      for (const storage of [{ kmsKeyId: key }, {}]) await decide({ storage }, encrypted, living);
      await decide({ storage: { kmsKeyId: other } }, encrypted);
    });

    it("report that it cannot move to another region or account", async () => {
      const unknown: Calls = {
        ...ec2(inEc2),
        "aws:efs/getFileSystem:getFileSystem": () => {
          throw refusal("reading EFS FileSystem: couldn't find resource: FileSystemNotFound");
        },
      };
      await assert.rejects(
        decide({}, unknown, living),
        /alerting:aws: EFS does not know the file system fs-0123.*region/,
      );
    });
  });

  it("include the nodes that a tag selects", async () => {
    const values = { nodes: { masters: { names: [master] }, workers: { ec2Tag: { key: "role", value: "worker" } } } };
    const { answer } = await decide({ ...values, storage: { type: "none" } }, ec2(inEc2.slice(1)));
    assert.deepEqual(
      answer.nodes.map(({ role, node: { name } }) => `${role} ${name}`),
      [`master ${master}`, `worker ${workerB}`, `worker ${workerC}`],
    );
  });

  it("say how to sign in if EC2 refuses access", async () => {
    const values = { nodes: { masters: { ec2Tag: { key: "role", value: "master" } } } };
    const calls: Calls = {
      "aws:ec2/getInstances:getInstances": () => {
        throw refusal("UnauthorizedOperation: You are not authorized to perform this operation.");
      },
    };
    await assert.rejects(decide(values, calls), (error: Error) => {
      assert.equal(error.name, "ConfigurationError");
      assert.match(error.message, /alerting:aws: AWS did not answer: .*UnauthorizedOperation.*sts get-caller-identity/);
      return true;
    });
  });

  it("distinguish a machine that does not exist from an account without access", async () => {
    const said = (words: string): Calls => ({
      ...ec2(),
      "aws:ec2/getNetworkInterface:getNetworkInterface": () => {
        throw refusal(words);
      },
    });
    const key = async (words: string) => {
      const values = { nodes: { masters: { names: [master] } } };
      return decide(values, said(words)).then(
        () => "",
        (error: Error) => /- (\S+):/.exec(error.message)![1],
      );
    };
    for (const words of [
      "no matching EC2 Network Interface found",
      "Your query returned no results. Please change your search criteria and try again.",
      "reading EC2 Network Interface: couldn't find resource",
    ]) {
      assert.equal(await key(words), "alerting:nodes", words);
    }
    for (const words of [
      "UnauthorizedOperation: You are not authorized to perform this operation",
      "ExpiredToken: The security token included in the request is expired",
      "no valid credential sources for AWS Provider found",
      "operation error EC2: DescribeInstances, dial tcp: lookup ec2.example: no such host",
      "AWS account ID not allowed: 123456789012",
    ]) {
      assert.equal(await key(words), "alerting:aws", words);
    }
  });

  it("name the account that the stack's AWS settings exclude", async () => {
    const calls: Calls = {
      "aws:ec2/getInstances:getInstances": () => {
        throw refusal("AWS account ID not allowed: 123456789012");
      },
    };
    await assert.rejects(
      decide({}, calls),
      /credentials are those of account 123456789012, which aws:allowedAccountIds/,
    );
  });

  it("end in one error with every problem", async () => {
    const values = { nodes: { masters: { names: [master] }, workers: { names: [workerB] } } };
    await assert.rejects(decide(values, ec2([])), (error: Error) => {
      assert.equal(error.name, "ConfigurationError");
      assert.match(error.message, /^There are 2 problems/);
      assert.ok(error.message.includes(master) && error.message.includes(workerB));
      return true;
    });
  });

  it("warn if no node of the cluster would be a target of the NLBs", async () => {
    const excluded = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };
    const without = [{ ...nodes[0]!, labels: excluded }];
    const values = { storage: { type: "none" } };
    assert.match((await decide(values, {}, facts({ nodes: without }))).answer.warnings.join(), /NLBs find no node/);
    assert.deepEqual((await decide(values, {})).answer.warnings, []);
  });
});
