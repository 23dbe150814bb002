import assert from "node:assert/strict";
import { availabilityFaults, availabilityWarnings } from "../../../../lookup/cluster/availability";
import type { ClusterNode } from "../../../../lookup/cluster/cluster-facts";
import type { ChosenNode } from "../../../../lookup/cluster/node-choice";
import type { ReplicaPod } from "../../../../lookup/cluster/replica-pods";
import { lines, settings, type Values } from "../../../support/settings";

const zoneLabel = "topology.kubernetes.io/zone";

/** Nodes by their role and zone, such as `m1:a` (a master in zone a) and `w1` (a worker without the label). */
function nodes(text: string): ChosenNode[] {
  return text.split(" ").map((one) => {
    const [name, zone] = one.split(":") as [string, string | undefined];
    const node: ClusterNode = { name, labels: zone === undefined ? {} : { [zoneLabel]: zone }, labelManagers: {} };
    return { node, role: name.startsWith("m") ? "master" : "worker" };
  });
}
const pod = (name: string, node: string, isUp = true): ReplicaPod => ({
  name: `prometheus-${name}`,
  kind: name.startsWith("server") ? "prometheus" : "alertmanagers",
  node,
  isUp,
  isOfStatefulSet: true,
});

const named = { masters: { names: ["m1"] }, workers: { names: ["w1"] } };
const asked = (availability: Values, more: Values = {}) => settings({ nodes: named, availability, ...more });

function faults(availability: Values, chosen: string): string[] {
  return lines(availabilityFaults(asked(availability), nodes(chosen)));
}

function warnings(availability: Values, chosen: string, replicaPods?: ReplicaPod[], others = "", more: Values = {}) {
  const known = nodes(chosen);
  const facts = { nodes: [...known, ...(others ? nodes(others) : [])].map(({ node }) => node), replicaPods };
  return availabilityWarnings(asked(availability, more), known, facts);
}

describe("the number of replicas", () => {
  const all = (alertmanagers: number, prometheus = 1) => ({ alertmanagers, prometheus, spread: "all" });
  const masters = (alertmanagers: number, prometheus = 1) => ({ alertmanagers, prometheus });

  it("is accepted if there is a node for each", () => {
    for (const [availability, chosen] of [
      [masters(1), "m1"],
      [masters(2, 2), "m1 m2"],
      [masters(3, 2), "m1 m2 m3"],
      [all(1), "m1 w1"],
      [all(2, 2), "m1 w1"],
      [all(3, 2), "m1 w1 w2"],
      [all(3, 2), "m1 m2 w1"],
    ] as const)
      assert.deepEqual(faults(availability, chosen), [], JSON.stringify([availability, chosen]));
  });

  const wait = "the others would stay pending, and Helm would wait 15 minutes for them.";

  it("is refused if there are more than masters, whose workers may take the others", () => {
    const why = `but 1 master can run only 1, because each master runs one at most; ${wait}`;
    const spread = 'Set it to 1, or set alerting:availability.spread to "all".';
    assert.deepEqual(faults(masters(2, 2), "m1 w1"), [
      `alerting:availability.alertmanagers: got 2, ${why} ${spread}`,
      `alerting:availability.prometheus: got 2, ${why} ${spread}`,
    ]);
    assert.deepEqual(faults(masters(3), "m1 m2"), [
      `alerting:availability.alertmanagers: got 3, but 2 masters can run only 2, because each master runs one at most; ${wait} Set it to 2, or select more nodes under alerting:nodes.`,
    ]);
  });

  it("is refused if masters and workers cannot share them, because either group has too few nodes", () => {
    const why = `because each node runs one at most, and masters and workers share them equally; ${wait}`;
    assert.deepEqual(faults(all(3), "m1 w1"), [
      `alerting:availability.alertmanagers: got 3, but 1 master and 1 worker can run only 2, ${why} Set it to 2, or select more nodes under alerting:nodes.`,
    ]);
    assert.deepEqual(lines(availabilityFaults(asked(all(2)), nodes("m1 m2"))), [
      `alerting:availability.alertmanagers: got 2, but 2 masters and 0 workers can run only 1, ${why} Set it to 1, or set alerting:availability.spread to "masters".`,
    ]);
    assert.deepEqual(faults(all(1), "m1"), [], "one pod needs no second group");
  });

  it("is not compared with nodes that only AWS knows, until AWS has answered", () => {
    const byTag = { ec2Tag: { key: "role", value: "a" } };
    const told = (availability: Values, values: Values, tagsKnown?: boolean) =>
      availabilityFaults(settings({ nodes: values, availability }), nodes("m1"), tagsKnown).length;
    const ofMasters = { masters: byTag, workers: named.workers };
    const ofWorkers = { masters: named.masters, workers: byTag };
    for (const set of [ofMasters, ofWorkers]) {
      assert.equal(told(all(2), set, false), 0);
      assert.equal(told(all(2), set), 1);
    }
    assert.equal(told(masters(2), ofMasters, false), 0);
    assert.equal(told(masters(2), ofWorkers, false), 1, "workers do not matter");
  });

  it("is not compared if no master was chosen, which another problem says", () => {
    assert.deepEqual(lines(availabilityFaults(asked(masters(2)), nodes("w1"))), []);
  });
});

describe("the warning of a node whose loss silences alerting", () => {
  const key = "alerting:availability:";
  const oneMaster =
    "the nodes can carry more: set it to { alertmanagers: 2, prometheus: 2, spread: all } (docs/availability.md).";
  const twoMasters = "the nodes can carry more: set it to { alertmanagers: 2, prometheus: 2 } (docs/availability.md).";
  const threeMasters =
    "the nodes can carry more: set it to { alertmanagers: 3, prometheus: 2 } (docs/availability.md).";
  const only = (name: string, there = "there is only one") => `would silence alerting, because ${there} ${name}`;

  it("names the only master, and suggests the workers", () => {
    assert.deepEqual(warnings({}, "m1 w1 w2"), [
      `${key} the loss of the master m1 would silence alerting, because Prometheus and Alertmanager run only there; ${oneMaster}`,
    ]);
  });

  it("names the node of the only Alertmanager if it runs, and otherwise says that it may be any", () => {
    assert.deepEqual(warnings({}, "m1 m2"), [
      `${key} the loss of whichever master runs Alertmanager ${only("Alertmanager")}; ${twoMasters}`,
    ]);
    const runs = [pod("server-a", "m1"), pod("alertmanager-0", "m2")];
    assert.deepEqual(warnings({}, "m1 m2 m3 w1", runs), [
      `${key} the loss of the node m2 would silence alerting, because the only Alertmanager runs there; ${threeMasters}`,
    ]);
    assert.match(warnings({}, "m1 m2", [pod("alertmanager-0", "m2", false)]).join(), /whichever master runs/);
    assert.deepEqual(warnings({ spread: "all" }, "m1 w1"), [
      `${key} the loss of whichever node runs Alertmanager ${only("Alertmanager")}; ${oneMaster}`,
    ]);
  });

  it("names the node of the only Prometheus if the cluster cannot start it elsewhere", () => {
    assert.deepEqual(warnings({ alertmanagers: 2 }, "m1 m2"), [
      `${key} the loss of whichever master runs Prometheus ${only("Prometheus")}; ${twoMasters}`,
    ]);
    assert.deepEqual(warnings({ alertmanagers: 2, spread: "all" }, "m1 w1"), [
      `${key} the loss of the master m1 would silence alerting whenever the only Prometheus runs there; ${oneMaster}`,
    ]);
    assert.match(warnings({ alertmanagers: 2 }, "m1 m2", [pod("server-a", "m1")]).join(), /the node m1 would/);
  });

  it("is not given if no single node matters, or if there is only one node", () => {
    for (const [availability, chosen] of [
      [{}, "m1"],
      [{ alertmanagers: 2, prometheus: 2, spread: "all" }, "m1 w1"],
      [{ alertmanagers: 2, prometheus: 2 }, "m1 m2"],
      [{ alertmanagers: 2 }, "m1 m2 m3"],
      [{ alertmanagers: 3, prometheus: 2 }, "m1 m2 m3"],
    ] as const)
      assert.deepEqual(warnings(availability, chosen), [], JSON.stringify([availability, chosen]));
  });

  it("suggests no fewer replicas than there are, and keeps the spread if the nodes allow it", () => {
    const suggested = (availability: Values, chosen: string) =>
      /set it to (\{.*\})/.exec(warnings(availability, chosen).join())?.[1];
    const all = { alertmanagers: 3, spread: "all" };
    assert.equal(suggested(all, "m1 m2 w1 w2"), "{ alertmanagers: 3, prometheus: 2, spread: all }");
    assert.equal(suggested({ spread: "all" }, "m1 m2 m3 w1"), "{ alertmanagers: 3, prometheus: 2, spread: all }");
    assert.equal(suggested({ spread: "all" }, "m1 m2 m3"), "{ alertmanagers: 3, prometheus: 2 }");
    assert.equal(suggested({ alertmanagers: 3 }, "m1 m2"), undefined, "the number is refused");
  });

  it("suggests only what is then accepted, without another warning", () => {
    for (const chosen of ["m1 w1", "m1 w1 w2", "m1 m2", "m1 m2 w1", "m1 m2 m3", "m1 m2 m3 w1"]) {
      const [, alertmanagers, prometheus, spread = "masters"] =
        /\{ alertmanagers: (\d), prometheus: (\d)(?:, spread: (\w+))? \}/.exec(warnings({}, chosen).join())!;
      const better = { alertmanagers: Number(alertmanagers), prometheus: Number(prometheus), spread };
      assert.deepEqual(faults(better, chosen), [], chosen);
      assert.deepEqual(warnings(better, chosen), [], chosen);
    }
  });
});

describe("the warning of lost nodes", () => {
  const told = (availability: Values, known: ChosenNode[], replicaPods?: ReplicaPod[]) =>
    availabilityWarnings(asked(availability), known, { nodes: known.map(({ node }) => node), replicaPods });
  const withLost = (chosen: string, ...lost: string[]): ChosenNode[] =>
    nodes(chosen).map(({ node, role }) => ({ role, node: { ...node, isLost: lost.includes(node.name) } }));
  const lostOf = (availability: Values, chosen: string, ...lost: string[]) =>
    told(availability, withLost(chosen, ...lost));

  it("is given if the others cannot run all replicas, which Helm would wait for", () => {
    const end =
      "and an update that changes the release would wait 15 minutes for the others and fail; wait until the node is back";
    assert.deepEqual(lostOf({ alertmanagers: 3, prometheus: 2 }, "m1 m2 m3 w1", "m2"), [
      `alerting:availability: the nodes can run only 2 of the 3 replicas of Alertmanager, because m2 is not Ready, ${end}, or until then set alerting:availability.alertmanagers to 2.`,
    ]);
    const both = lostOf({ alertmanagers: 2, prometheus: 2, spread: "all" }, "m1 w1 w2", "w1", "w2");
    assert.equal(both.length, 2);
    assert.match(both[1]!, /only 1 of the 2 replicas of Prometheus, because w1 and w2 are not Ready, /);
    assert.ok(both[1]!.endsWith("wait until the node is back."), "the form of Prometheus is not changed for a while");
    const none = lostOf({ alertmanagers: 2, prometheus: 2 }, "m1 m2", "m1", "m2");
    assert.ok(none[0]!.endsWith("wait until the node is back."), none[0]);
  });

  it("suggests fewer Alertmanagers only if the update would be accepted, and would end", () => {
    const three = { alertmanagers: 3, prometheus: 2 };
    const known = withLost("m1 m2 m3", "m2");
    const left = [pod("server-0", "m1"), pod("server-1", "m3"), pod("alertmanager-0", "m1")];
    const fewer = "or until then set alerting:availability.alertmanagers to 2.";
    const stuck = told(three, known, [...left, pod("alertmanager-1", "m3"), pod("alertmanager-2", "m2", false)]);
    assert.equal(stuck.length, 1);
    assert.ok(stuck[0]!.endsWith("; wait until the node is back, or first free its pods (docs/operations.md)."));
    // Once the pods of the lost node are removed, one waits for a node.
    const last = told(three, known, [...left, pod("alertmanager-1", "m3"), pod("alertmanager-2", "", false)]);
    assert.ok(last[0]!.endsWith(fewer), last[0]);
    // A StatefulSet would not remove the third pod before the second one is ready.
    const second = told(three, known, [...left, pod("alertmanager-1", "", false), pod("alertmanager-2", "m3")]);
    assert.ok(second[0]!.endsWith("; wait until the node is back."), second[0]);
  });

  it("is given too for a node that works again, but is still marked as out of service", () => {
    const known = nodes("m1 m2 m3").map(({ node, role }) => ({
      role,
      node: { ...node, ...(node.name === "m2" && { isOutOfService: true }) },
    }));
    assert.deepEqual(told({ alertmanagers: 3, prometheus: 2 }, known), [
      "alerting:availability: the nodes can run only 2 of the 3 replicas of Alertmanager, because m2 has the taint node.kubernetes.io/out-of-service, and an update that changes the release would wait 15 minutes for the others and fail; run `kubectl taint nodes m2 node.kubernetes.io/out-of-service-` if the node works again, or until then set alerting:availability.alertmanagers to 2.",
    ]);
    assert.deepEqual(told({ alertmanagers: 2 }, known), []);
  });

  it("is not given if enough nodes are left", () => {
    assert.deepEqual(lostOf({ alertmanagers: 2, prometheus: 2 }, "m1 m2 m3 w1", "m1", "w1"), []);
    assert.deepEqual(lostOf({}, "m1"), []);
  });
});

describe("the warning of replicas in one zone", () => {
  const two = { alertmanagers: 2, prometheus: 2 };
  const all = { ...two, spread: "all" };

  it("is given if the nodes for them are in too few zones, and the cluster has nodes in others", () => {
    const told = (name: string, todo: string) =>
      `alerting:availability: two replicas of ${name} would share a zone, because masters are only in a, and the cluster has nodes in b too; ${todo}.`;
    const other = "select a master in another zone";
    assert.deepEqual(warnings(two, "m1:a m2:a", undefined, "x1:b"), [
      told("Alertmanager", other),
      told("Prometheus", other),
    ]);
    assert.deepEqual(warnings({ ...two, prometheus: 1 }, "m1:a m2:a m3:a w1:b"), [
      told("Alertmanager", "set alerting:availability.spread to all"),
    ]);
    assert.match(
      warnings(all, "m1:a w1:a", undefined, "x1:b").join(),
      /because nodes are only in a, and .* select a node in another zone/,
    );
  });

  it("is given for three replicas in two zones only if the cluster has a third zone", () => {
    const three = { alertmanagers: 3, prometheus: 2 };
    assert.deepEqual(warnings(three, "m1:a m2:b m3:b"), []);
    assert.deepEqual(warnings(three, "m1:a m2:b m3:b", undefined, "x1:c"), [
      "alerting:availability: two replicas of Alertmanager would share a zone, because masters are only in a and b, and the cluster has nodes in c too; select a master in another zone.",
    ]);
  });

  it("is given if the scheduler has put them into one zone", () => {
    const pods = [pod("alertmanager-0", "m1"), pod("alertmanager-1", "m2")];
    const start =
      "alerting:availability: prometheus-alertmanager-0, prometheus-alertmanager-1 run only in a, although a master is in b; ";
    assert.deepEqual(warnings(two, "m1:a m2:a m3:b", pods), [
      `${start}delete one of the pods, so that the scheduler chooses again.`,
    ]);
    assert.deepEqual(warnings(two, "m1:a m2:a m3:b", pods, "", { storage: { type: "storageClass" } }), [
      `${start}to move one, delete its claim and the pod, which then starts with an empty volume.`,
    ]);
    const apart = [pod("alertmanager-0", "m1"), pod("alertmanager-1", "m3")];
    const starting = [pod("alertmanager-0", "m1"), pod("alertmanager-1", "m2", false)];
    for (const others of [apart, starting]) assert.deepEqual(warnings(two, "m1:a m2:a m3:b", others), []);
  });

  it("is not given because of a zone whose nodes are all lost", () => {
    const pods = [pod("alertmanager-0", "m1"), pod("alertmanager-1", "m2")];
    const known = nodes("m1:a m2:a m3:b");
    assert.equal(
      availabilityWarnings(asked(two), known, { nodes: known.map(({ node }) => node), replicaPods: pods }).length,
      1,
    );
    for (const loss of [{ isLost: true }, { isOutOfService: true }]) {
      const lost = known.map(({ node, role }) => ({ role, node: { ...node, ...(node.name === "m3" && loss) } }));
      const facts = { nodes: lost.map(({ node }) => node), replicaPods: pods };
      assert.deepEqual(availabilityWarnings(asked(two), lost, facts), []);
    }
  });

  it("is not given for one replica, one zone, or nodes without a zone", () => {
    assert.deepEqual(warnings({ alertmanagers: 2 }, "m1:a m2:a m3:a"), []);
    assert.deepEqual(warnings(two, "m1 m2:a m3:a", undefined, "x1:b"), []);
    assert.ok(!warnings({}, "m1:a w1:b").join().includes("zone"));
  });
});
