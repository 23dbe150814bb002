import * as assert from "node:assert/strict";
import type { Filter, Subnet, Tag } from "@aws-sdk/client-ec2";
import type { StackSettings } from "../../../../settings/stack-settings";
import type { NodeMachine } from "../../../../tools/preflight/aws/network";
import { balancerSubnets } from "../../../../tools/preflight/checks/balancer-subnets";
import { nodeGroups } from "../../../../tools/preflight/checks/node-groups";
import { settings } from "../../../support/settings";

const { loadBalancer } = settings();
const byClass = { ...loadBalancer, controller: "aws-load-balancer-controller" } as const;
const role = "kubernetes.io/role/internal-elb";
const tags = (all: Record<string, string>): Tag[] => Object.entries(all).map(([Key, Value]) => ({ Key, Value }));

const subnet = (
  zone: string,
  tagged: Record<string, string> = { [role]: "1" },
  more: Partial<Subnet> = {},
): Subnet => ({
  SubnetId: `subnet-${zone}`,
  AvailabilityZone: `ap-northeast-2${zone}`,
  AvailableIpAddressCount: 100,
  Tags: tags(tagged),
  ...more,
});

/** A node of the cluster "ours". */
const node = (
  groups: string[],
  tagged: Record<string, string> = { "kubernetes.io/cluster/ours": "owned" },
): NodeMachine => ({
  node: { name: "worker-1", labels: {}, labelManagers: {} },
  role: "worker",
  machine: {
    Tags: tags(tagged),
    NetworkInterfaces: [{ Groups: groups.map((GroupId) => ({ GroupId })) }],
  },
});

describe("the subnets of future NLBs", () => {
  const look = (vpcSubnets: Subnet[], given: StackSettings["loadBalancer"] = loadBalancer, nodes = [node([])]) =>
    balancerSubnets(given, { vpcSubnets, nodes });
  function only(vpcSubnets: Subnet[], given?: StackSettings["loadBalancer"], nodes?: NodeMachine[]) {
    const findings = look(vpcSubnets, given, nodes);
    assert.equal(findings.length, 1, JSON.stringify(findings));
    return findings[0]!;
  }

  it("are the subnets with the role's tag, or, for cloud-controller-manager, with the cluster's tag", () => {
    assert.deepEqual(only([subnet("a"), subnet("b", {})]), {
      ...{ status: "ok", what: `subnet-a, by the tag ${role}.` },
    });
    assert.equal(only([subnet("a", { "kubernetes.io/cluster/ours": "shared" })]).status, "ok");
  });

  it("are never subnets of another cluster, whatever the controller", () => {
    for (const given of [loadBalancer, byClass]) {
      const others = [subnet("a", { [role]: "1", "kubernetes.io/cluster/theirs": "owned" })];
      const { status, what, todo } = only(others, given);
      assert.equal(status, "warning");
      assert.match(what, /accepts none of the subnets: subnet-a is tagged for another cluster: theirs\.$/);
      const advised = /(kubernetes\.io\/cluster\/ours)=(shared)/.exec(todo!)!;
      const followed = [
        subnet("a", { [role]: "1", "kubernetes.io/cluster/theirs": "owned", [advised[1]!]: advised[2]! }),
      ];
      assert.equal(only(followed, given).status, "ok");
    }
    assert.match(
      only([subnet("a", { "kubernetes.io/cluster/theirs": "owned" })]).what,
      /belong to another cluster: theirs/,
    );
  });

  it("may belong to any cluster if the machines have no tag that names their cluster", () => {
    assert.equal(
      only([subnet("a", { "kubernetes.io/cluster/x": "owned" })], loadBalancer, [node([], {})]).status,
      "ok",
    );
  });

  it("need the tag value 1 or an empty value for aws-load-balancer-controller; the other controller ignores the value", () => {
    for (const [value, status] of [
      ["1", "ok"],
      ["", "ok"],
      ["true", "warning"],
    ] as const) {
      assert.equal(only([subnet("a", { [role]: value })], byClass).status, status, value);
      assert.equal(only([subnet("a", { [role]: value })], loadBalancer).status, "ok", value);
    }
    const { what, todo } = only([subnet("a", { [role]: "true" })], byClass);
    assert.match(what, new RegExp(`subnet-a has ${role}=true, but only the value 1 is accepted`));
    const [, key, value] = /(kubernetes\.io\/role\/\S+)=(\w+)/.exec(todo!)!;
    assert.equal(only([subnet("a", { [key!]: value! })], byClass).status, "ok");
  });

  it("need eight free addresses; a skipped subnet is named even if other subnets are used", () => {
    const full = subnet("a", undefined, { AvailableIpAddressCount: 7 });
    assert.match(only([full]).what, /subnet-a has 7 free addresses, and a new NLB needs 8/);
    assert.match(only([full]).todo!, /that has 8 or more free addresses/);
    const { status, what } = only([full, subnet("b")]);
    assert.equal(status, "ok");
    assert.match(what, /^subnet-b, by .*; not used: subnet-a has 7 free/);
    assert.equal(only([subnet("a", undefined, { AvailableIpAddressCount: 8 })]).status, "ok");
  });

  it("are never in a Local Zone", () => {
    const edge = subnet("a", undefined, { AvailabilityZone: "us-west-2-lax-1a" });
    assert.match(only([edge]).what, /subnet-a is in the Local Zone us-west-2-lax-1a/);
  });

  describe("from the settings", () => {
    const given = (...zones: string[]) => ({ ...loadBalancer, subnetIds: zones.map((zone) => `subnet-${zone}`) });

    it("are one per zone, each known to EC2, and not in a Local Zone", () => {
      const twice = subnet("b", {}, { AvailabilityZone: "ap-northeast-2a" });
      const edge = subnet("c", {}, { AvailabilityZone: "ap-northeast-2-x-1a" });
      const findings = look([subnet("a", {}), twice, edge], given("a", "b", "c", "d"));
      assert.deepEqual(
        findings.map(({ status, what }) => `${status} ${what.replace("alerting:loadBalancer.subnetIds: ", "")}`),
        [
          "failed subnet-d is not in the nodes' VPC.",
          "failed subnet-a and subnet-b are both in zone ap-northeast-2a, and an NLB accepts one per zone.",
          "failed subnet-c is in the Local Zone ap-northeast-2-x-1a, where there is no NLB.",
        ],
      );
      assert.ok(findings.every(({ todo }) => todo !== undefined));
      assert.deepEqual(only([subnet("a", {}), twice, edge], given("a")), {
        ...{ status: "ok", what: "subnet-a, as alerting:loadBalancer.subnetIds says." },
      });
    });

    it("cause a warning if they are full", () => {
      const full = subnet("a", {}, { AvailableIpAddressCount: 3 });
      assert.match(only([full], given("a")).what, /subnet-a has 3 free addresses/);
    });
  });
});

describe("the security groups of the nodes", () => {
  /** An account with these groups tagged for the cluster "ours". */
  const accountOf = (tagged: readonly string[]) => {
    const asked: (readonly Filter[])[] = [];
    const securityGroupIds = (filters: readonly Filter[]) => {
      asked.push(filters);
      return Promise.resolve(tagged);
    };
    return { asked, securityGroupIds };
  };
  const look = (nodes: NodeMachine[], tagged: readonly string[] = []) =>
    nodeGroups(loadBalancer, { nodes }, accountOf(tagged));

  it("are not looked up if each interface has only one group", async () => {
    const account = accountOf([]);
    const [finding] = await nodeGroups(loadBalancer, { nodes: [node(["sg-1"])] }, account);
    assert.equal(finding!.status, "ok");
    assert.deepEqual(account.asked, []);
  });

  it("are ok if exactly one of several groups is tagged for the cluster", async () => {
    assert.equal((await look([node(["sg-1", "sg-2"])], ["sg-2"]))[0]!.status, "ok");
  });

  it("cause a warning if several are tagged, and the warning contains the command that leaves one tagged", async () => {
    const nodes = [node(["sg-1", "sg-2", "sg-3"])];
    const [{ status, what, todo }] = (await look(nodes, ["sg-1", "sg-3"])) as [Awaited<ReturnType<typeof look>>[0]];
    assert.equal(status, "warning");
    assert.match(what, /worker-1 has 3 on one interface, and sg-1, sg-3 are tagged with kubernetes\.io\/cluster\/ours/);
    const [, removed] = /delete-tags --resources (.*?) --tags Key=kubernetes\.io\/cluster\/ours`/.exec(todo!)!;
    const left = ["sg-1", "sg-3"].filter((id) => !removed!.split(" ").includes(id));
    assert.equal((await look(nodes, left))[0]!.status, "ok");
  });

  it("cause a warning if none of several groups is tagged", async () => {
    const nodes = [node(["sg-1", "sg-2"])];
    const [finding] = await look(nodes, []);
    assert.match(finding!.what, /none of them is tagged with kubernetes\.io\/cluster\/ours/);
    const [, tagged] = /create-tags --resources (\S+) --tags Key=\S+,Value=owned`/.exec(finding!.todo!)!;
    assert.equal((await look(nodes, [tagged!]))[0]!.status, "ok");
  });

  it("are looked up by any cluster's tag if the machines have no cluster's tag", async () => {
    const account = accountOf(["sg-1"]);
    await nodeGroups(loadBalancer, { nodes: [node(["sg-1", "sg-2"], {})] }, account);
    assert.deepEqual(account.asked[0]![1], { Name: "tag-key", Values: ["kubernetes.io/cluster/*"] });
  });
});
