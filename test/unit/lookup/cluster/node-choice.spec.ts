import assert from "node:assert/strict";
import type { ClusterNode } from "../../../../lookup/cluster/cluster-facts";
import { nodeLabelManager } from "../../../../conventions/cluster-names";
import { chooseNodes } from "../../../../lookup/cluster/node-choice";
import { lines, master, settings, type Values, workerB, workerC } from "../../../support/settings";

const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  labels: {},
  labelManagers: {},
  ...more,
});
const cluster = [node(master), node(workerB), node(workerC)];

interface Asked {
  nodes?: readonly ClusterNode[];
  selected?: Record<string, string[]>;
  tagged?: string[];
  tagsKnown?: boolean;
}

function choose(values: Values, { nodes = cluster, selected = {}, tagged = [], tagsKnown }: Asked = {}) {
  const choice = chooseNodes(settings(values), { nodes, selected }, () => tagged, tagsKnown);
  return {
    chosen: choice.chosen.map((one) => `${one.role} ${one.node.name}`),
    lines: lines(choice.faults),
    warnings: choice.warnings,
  };
}

describe("the choice of nodes", () => {
  const masters = { names: [master] };

  it("selects masters and workers by name", () => {
    assert.deepEqual(choose({ nodes: { masters, workers: { names: [workerB, workerC] } } }), {
      chosen: [`master ${master}`, `worker ${workerB}`, `worker ${workerC}`],
      lines: [],
      warnings: [],
    });
  });

  it("selects a node only once if it is listed twice", () => {
    assert.deepEqual(choose({ nodes: { masters, workers: { names: [workerB, workerB] } } }).chosen, [
      `master ${master}`,
      `worker ${workerB}`,
    ]);
  });

  it("selects the nodes of a selector or an EC2 tag", () => {
    const nodes = { masters: { selector: "a" }, workers: { ec2Tag: { key: "role", value: "worker" } } };
    const picked = choose({ nodes }, { selected: { a: [master] }, tagged: [workerC] });
    assert.deepEqual(picked.chosen, [`master ${master}`, `worker ${workerC}`]);
    assert.deepEqual(picked.lines, []);
  });

  it("refuses a node that does not exist, and names the nearest node names", () => {
    const typo = workerB.replace("ip-10-0-2-11", "ip-10-0-2-12");
    const { chosen, lines: told } = choose({ nodes: { masters, workers: { names: [typo] } } });
    assert.deepEqual(chosen, [`master ${master}`], "it is never labelled, which would make a Node");
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:nodes\.workers\.names: the cluster has no node "ip-10-0-2-12\./);
    assert.match(told[0]!, new RegExp(`The most similar names: ${workerB}, `));
    assert.match(told[0]!, /set alerting:missingNodes to "warn"\.$/);
  });

  it("reports every missing node, and says so if the cluster has no nodes", () => {
    const { lines: told } = choose({ nodes: { masters: { names: ["a", "b"] } } }, { nodes: [] });
    assert.equal(told.length, 2);
    assert.match(told[0]!, /no node "a"\. It has no node at all\./);
  });

  it('continues without a missing node, with a warning, if missingNodes is "warn"', () => {
    const {
      chosen,
      lines: told,
      warnings,
    } = choose({
      nodes: { masters, workers: { names: ["gone", workerC] } },
      missingNodes: "warn",
    });
    assert.deepEqual(chosen, [`master ${master}`, `worker ${workerC}`]);
    assert.deepEqual(told, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /no node "gone".*It is left out, because alerting:missingNodes is "warn"\.$/);
  });

  it("does not advise to go on without the only master", () => {
    const { lines: told } = choose({ nodes: { masters: { names: ["gone"] } } });
    assert.match(told.join(), /no node "gone"/);
    assert.doesNotMatch(told.join(), /missingNodes/);
  });

  it("names the label of the masters if a selector finds none", () => {
    const labeled = { ...node(master), labels: { "node-role.kubernetes.io/control-plane": "" } };
    const nodes = { masters: { selector: "node-role.kubernetes.io/master" } };
    const facts = { nodes: [labeled], selected: { "node-role.kubernetes.io/master": [] } };
    const { faults } = chooseNodes(settings({ nodes }), facts);
    assert.match(
      faults[0]!.sentence,
      /Masters of this cluster have the label "node-role.kubernetes.io\/control-plane"/,
    );
  });

  it('refuses to continue without any master, even if missingNodes is "warn"', () => {
    const { lines: told } = choose({ nodes: { masters: { names: ["gone"] } }, missingNodes: "warn" });
    assert.deepEqual(told, [
      `alerting:nodes.masters: the list of names (gone) selects no master, and Prometheus and Alertmanager run on masters. The cluster has the nodes ${[master, workerB, workerC].join(", ")}.`,
    ]);
  });

  it("refuses a selector for masters without a match, and only warns of a selector for workers without a match", () => {
    const nodes = { masters: { selector: "a" }, workers: { selector: "b" } };
    const { lines: told, warnings } = choose({ nodes }, { selected: { a: [], b: [] } });
    assert.deepEqual(told, [
      'alerting:nodes.masters: the selector "a" selects no master, and Prometheus and Alertmanager run on masters. `kubectl get nodes --show-labels` shows the labels of all nodes.',
    ]);
    assert.deepEqual(warnings, ['alerting:nodes.workers: the selector "b" selects no node.']);
  });

  it("reports a tag without a match only after AWS was asked", () => {
    const nodes = { masters: { ec2Tag: { key: "role", value: "master" } } };
    assert.deepEqual(choose({ nodes }, { tagsKnown: false }).lines, []);
    assert.match(choose({ nodes }).lines.join(), /the EC2 tag role=master selects no master/);
  });

  it("refuses a node that is both a listed master and a worker by selector", () => {
    const nodes = { masters, workers: { selector: "b" } };
    const { lines: told, chosen } = choose({ nodes }, { selected: { b: [workerB, master] } });
    assert.deepEqual(told, [`alerting:nodes.workers: node "${master}" is already selected as a master.`]);
    assert.deepEqual(chosen, [`master ${master}`, `worker ${workerB}`]);
  });
});

describe("a node that cannot run the pods", () => {
  const kinds: [title: string, more: Partial<ClusterNode>, says: string][] = [
    ["runs Windows", { labels: { "kubernetes.io/os": "windows" } }, "runs Windows"],
    ["is a virtual kubelet", { labels: { type: "virtual-kubelet" } }, "is virtual, without a real machine"],
    [
      "is a Fargate node according to its label",
      { labels: { "eks.amazonaws.com/compute-type": "fargate" } },
      "is virtual",
    ],
    [
      "is a Fargate node according to its id",
      { providerId: "aws:///ap-northeast-2a/0123/fargate-ip-10-0-3-12" },
      "is virtual",
    ],
  ];
  for (const [title, more, says] of kinds) {
    const nodes = [node(master), node(workerB), node(workerC, more)];

    it(`gets no label and causes a warning if it ${title} and would be a worker`, () => {
      const found = choose(
        { nodes: { masters: { names: [master] }, workers: { selector: "w" } } },
        {
          nodes,
          selected: { w: [workerB, workerC] },
        },
      );
      assert.deepEqual([found.chosen, found.lines], [[`master ${master}`, `worker ${workerB}`], []]);
      assert.match(
        found.warnings.join(),
        new RegExp(`^alerting:nodes\\.workers: "${workerC}" ${says}.*no label is set`),
      );
    });

    it(`is refused as a master if it ${title}`, () => {
      const { chosen, lines: told } = choose({ nodes: { masters: { names: [master, workerC] } } }, { nodes });
      assert.deepEqual(chosen, [`master ${master}`]);
      assert.match(told.join(), new RegExp(`^alerting:nodes\\.masters: node "${workerC}" ${says}.*Leave it out\\.$`));
    });
  }

  it("is never a Linux node with a machine, whatever its id", () => {
    const linux = node(workerB, {
      labels: { "kubernetes.io/os": "linux" },
      providerId: "aws:///a/i-0123456789abcdef0",
    });
    const found = choose(
      { nodes: { masters: { names: [master] }, workers: { names: [workerB] } } },
      { nodes: [node(master), linux] },
    );
    assert.deepEqual([found.chosen.length, found.warnings], [2, []]);
  });
});

describe("a label that already exists", () => {
  const labelled = (value: string, ...managers: string[]) => {
    const nodes = [node(master, { labels: { key: value }, labelManagers: { key: managers } })];
    return choose({}, { nodes }).lines;
  };

  it("with another value from another manager is refused, with the manager's name and a solution", () => {
    assert.deepEqual(labelled("gpu", "kubectl-label"), [
      `alerting:nodeLabel: node "${master}" has the label key=gpu already, set by "kubectl-label", and would get key=master. ` +
        `Choose another alerting:nodeLabel.key, or remove that label: kubectl label node ${master} key-`,
    ]);
  });

  it("with another value from another manager is refused even if the program shares the label", () => {
    assert.match(labelled("gpu", nodeLabelManager, "kubectl-edit").join(), /set by "kubectl-edit"/);
  });

  it("on a worker is ignored if only the masters get the label", () => {
    const nodes = [node(master), node(workerB, { labels: { key: "gpu" }, labelManagers: { key: ["kubectl-label"] } })];
    const both = { masters: { names: [master] }, workers: { names: [workerB] } };
    assert.equal(choose({ nodes: both }, { nodes }).lines.length, 1);
    assert.deepEqual(choose({ nodes: both, nodeLabel: { nodes: "masters" } }, { nodes }).lines, []);
  });

  it("of the masters is refused on a worker that gets no label", () => {
    const nodes = [node(master), node(workerB, { labels: { key: "master" } })];
    const both = { masters: { names: [master] }, workers: { names: [workerB] } };
    assert.deepEqual(choose({ nodes: both, nodeLabel: { nodes: "masters" } }, { nodes }).lines, [
      `alerting:nodeLabel.nodes: node "${workerB}" is a worker and has the masters' label key=master, so Prometheus could run there. Run \`kubectl label node ${workerB} key-\`.`,
    ]);
  });

  it("with the same value from another manager is accepted", () => {
    assert.deepEqual(labelled("master", "kubectl-label"), []);
  });

  it("with an old value from the program is accepted", () => {
    assert.deepEqual(labelled("worker", nodeLabelManager), []);
  });

  it("under another key is ignored", () => {
    const nodes = [node(master, { labels: { other: "x" }, labelManagers: { other: ["kubectl-label"] } })];
    assert.deepEqual(choose({}, { nodes }).lines, []);
  });

  it("is compared with the workers' value if the node is a worker", () => {
    const worker = node(workerB, { labels: { key: "master" }, labelManagers: { key: ["kubectl-label"] } });
    const nodes = { masters: { names: [master] }, workers: { names: [workerB] } };
    assert.match(choose({ nodes }, { nodes: [node(master), worker] }).lines.join(), /would get key=worker/);
  });
});
