import assert from "node:assert/strict";
import { checkCluster } from "../../../../lookup/cluster/check";
import { FakeCluster } from "../../../support/fake-cluster";
import { configuration, lines, type Values } from "../../../support/settings";

type Changes = Parameters<typeof FakeCluster.start>[0];

const asked = "POST /api/v1/namespaces?dryRun=All";
const own = "GET /api/v1/namespaces/monitoring";
const nodes = "GET /api/v1/namespaces/monitoring-nodes";
const owner = "organization/alerting/dev";
const prefix = "pod-security.kubernetes.io/";

async function told(changes: Changes, values: Values = { storage: { type: "none" } }): Promise<string[]> {
  const cluster = await FakeCluster.start(changes);
  try {
    return lines((await checkCluster(configuration({ kubeconfig: cluster.kubeconfig(), ...values }))).faults);
  } finally {
    await cluster.stop();
  }
}

/** A namespace with labels, each set by the field manager that is named. */
function namespace(name: string, by: string | undefined, labels: Record<string, string>, manager = "kubectl-label") {
  const fields = Object.fromEntries(Object.keys(labels).map((key) => [`f:${key}`, {}]));
  return {
    metadata: {
      name,
      uid: "u-1",
      labels,
      annotations: by === undefined ? {} : { "alerting-owner/stack": by },
      managedFields: [{ manager, fieldsV1: { "f:metadata": { "f:labels": fields } } }],
    },
  };
}

/** The stack's own namespace, with such labels. */
function ours(labels: Record<string, string>, manager?: string): NonNullable<Changes> {
  const items = [namespace("monitoring", owner, labels, manager)];
  return { [own]: items[0]!, "GET /api/v1/namespaces?labelSelector=alerting-owner": { items } };
}

describe("a cluster without Pod Security admission", () => {
  const without = { [asked]: { metadata: { name: "alerting-asks-x" } } };

  it("is a fault that says what to do: it takes a namespace that asks for a level that there is not", async () => {
    assert.deepEqual(await told(without), [
      'alerting:podSecurity: got "required", but the cluster has no Pod Security admission, so that nothing would enforce the level of a namespace. Enable the API server\'s admission plugin PodSecurity, which Kubernetes has on by default, or set alerting:podSecurity to "unenforced".',
    ]);
  });

  it("is taken where that is said", async () => {
    assert.deepEqual(await told(without, { podSecurity: "unenforced", storage: { type: "none" } }), []);
  });

  it("is not what another refusal says: nothing is learnt of it", async () => {
    for (const status of [400, 403, 500]) {
      assert.deepEqual(await told({ [asked]: { status, message: "no" } }), [], String(status));
    }
  });
});

describe("a namespace that enforces something else already", () => {
  it("is a fault where somebody else set it on the stack's own, with what to run", async () => {
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "privileged" })), [
      `alerting:namespace: the namespace "monitoring" has ${prefix}enforce=privileged, set by kubectl-label, where this stack needs ${prefix}enforce=restricted. Run \`kubectl label --overwrite namespace monitoring ${prefix}enforce=restricted\`, or leave that namespace unchanged: destroy the stack and choose another.`,
    ]);
  });

  it("is none where the stack set it itself, and changes it", async () => {
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "baseline" }, "pulumi-kubernetes-0a1b2c3d")), []);
  });

  it("is none where it enforces nothing yet, or just this", async () => {
    assert.deepEqual(await told(ours({})), []);
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "restricted" })), []);
  });

  it("is none where nothing is to be enforced", async () => {
    const values = { podSecurity: "unenforced", storage: { type: "none" } };
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "privileged" }), values), []);
  });

  it("is a fault of node-exporter's too, whose pods it would refuse", async () => {
    const there = namespace("monitoring-nodes", owner, { [`${prefix}enforce`]: "baseline" });
    assert.match(
      (await told({ ...ours({}), [nodes]: there })).join("\n"),
      /^alerting:namespace: the namespace "monitoring-nodes" has .*enforce=baseline, .* needs .*enforce=privileged\./,
    );
  });

  it("is told once where it is not the stack's at all", async () => {
    const there = namespace("monitoring", undefined, { [`${prefix}enforce`]: "baseline" });
    const faults = await told({ [own]: there });
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^alerting:namespace: got "monitoring", a namespace that exists and is not this stack's/);
  });
});

describe("the namespace of node-exporter", () => {
  it("may be there already as this stack's, left by an interrupted update", async () => {
    assert.deepEqual(await told({ [nodes]: namespace("monitoring-nodes", owner, {}) }), []);
  });

  it("is refused as nobody's that this program knows", async () => {
    assert.deepEqual(await told({ [nodes]: namespace("monitoring-nodes", undefined, {}) }), [
      'alerting:namespace: got "monitoring", and the namespace "monitoring-nodes", which node-exporter would use, exists and is not this stack\'s. Choose another name, or remove "monitoring-nodes"; if it is this stack\'s under an earlier name, run `kubectl annotate --overwrite namespace monitoring-nodes alerting-owner/stack=organization/alerting/dev`.',
    ]);
  });

  it("is refused as another stack's, which is named", async () => {
    const there = namespace("monitoring-nodes", "organization/alerting/prod", {});
    const faults = (await told({ [nodes]: there })).join();
    assert.match(faults, /not this stack's, but that of organization\/alerting\/prod\. Choose another name; if/);
    assert.doesNotMatch(faults, /remove/);
  });

  it("is told with the rest of another stack that has both", async () => {
    const others = "organization/alerting/prod";
    const both = ["monitoring", "monitoring-nodes"].map((name) => namespace(name, others, {}));
    const owners = { "GET /api/v1/namespaces?labelSelector=alerting-owner": { items: both.slice(0, 1) } };
    const faults = await told({ [own]: both[0]!, [nodes]: both[1]!, ...owners });
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(
      faults[0]!,
      /^alerting:context: the cluster has an alerting stack already: organization\/alerting\/prod/,
    );
  });
});
