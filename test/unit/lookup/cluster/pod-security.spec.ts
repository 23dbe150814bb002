import assert from "node:assert/strict";
import { checkCluster } from "../../../../lookup/cluster/check-cluster";
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

/** A namespace with labels, each set by this field manager. */
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

/** The stack's namespace, with these labels. */
function ours(labels: Record<string, string>, manager?: string): NonNullable<Changes> {
  const items = [namespace("monitoring", owner, labels, manager)];
  return { [own]: items[0]!, "GET /api/v1/namespaces?labelSelector=alerting-owner": { items } };
}

describe("a cluster without Pod Security admission", () => {
  const without = { [asked]: { metadata: { name: "alerting-asks-x" } } };

  it("is recognized because it accepts an invalid Pod Security level, and is reported with what to do", async () => {
    assert.deepEqual(await told(without), [
      'alerting:podSecurity: got "required", but the cluster has no Pod Security admission, so that nothing would enforce the level of a namespace. Enable the API server\'s admission plugin PodSecurity, which Kubernetes has on by default, or set alerting:podSecurity to "unenforced".',
    ]);
  });

  it('is accepted if podSecurity is "unenforced"', async () => {
    assert.deepEqual(await told(without, { podSecurity: "unenforced", storage: { type: "none" } }), []);
  });

  it("is not assumed because of another error", async () => {
    for (const status of [400, 403, 500]) {
      assert.deepEqual(await told({ [asked]: { status, message: "no" } }), [], String(status));
    }
  });
});

describe("a namespace that already enforces another level", () => {
  it("is reported with the command to run if someone else set the level on the stack's namespace", async () => {
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "privileged" })), [
      `alerting:namespace: the namespace "monitoring" has ${prefix}enforce=privileged, set by kubectl-label, where this stack needs ${prefix}enforce=restricted. Run \`kubectl label --overwrite namespace monitoring ${prefix}enforce=restricted\`, or leave that namespace unchanged: destroy the stack and choose another.`,
    ]);
  });

  it("is accepted if the stack set the level itself, and changes it", async () => {
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "baseline" }, "pulumi-kubernetes-0a1b2c3d")), []);
  });

  it("is not reported if no level is enforced yet, or the same one", async () => {
    assert.deepEqual(await told(ours({})), []);
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "restricted" })), []);
  });

  it('is accepted if podSecurity is "unenforced"', async () => {
    const values = { podSecurity: "unenforced", storage: { type: "none" } };
    assert.deepEqual(await told(ours({ [`${prefix}enforce`]: "privileged" }), values), []);
  });

  it("is also reported for node-exporter's namespace, which would refuse node-exporter's pods", async () => {
    const there = namespace("monitoring-nodes", owner, { [`${prefix}enforce`]: "baseline" });
    assert.match(
      (await told({ ...ours({}), [nodes]: there })).join("\n"),
      /^alerting:namespace: the namespace "monitoring-nodes" has .*enforce=baseline, .* needs .*enforce=privileged\./,
    );
  });

  it("is reported once if the namespace does not belong to the stack", async () => {
    const there = namespace("monitoring", undefined, { [`${prefix}enforce`]: "baseline" });
    const faults = await told({ [own]: there });
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^alerting:namespace: got "monitoring", a namespace that exists and is not this stack's/);
  });
});

describe("the namespace of node-exporter", () => {
  it("may already exist as this stack's namespace, left by an interrupted update", async () => {
    assert.deepEqual(await told({ [nodes]: namespace("monitoring-nodes", owner, {}) }), []);
  });

  it("is refused if it exists without an owner", async () => {
    assert.deepEqual(await told({ [nodes]: namespace("monitoring-nodes", undefined, {}) }), [
      'alerting:namespace: got "monitoring", and the namespace "monitoring-nodes", which node-exporter would use, exists and is not this stack\'s. Choose another name, or remove "monitoring-nodes"; if it is this stack\'s under an earlier name, run `kubectl annotate --overwrite namespace monitoring-nodes alerting-owner/stack=organization/alerting/dev`.',
    ]);
  });

  it("is refused if it belongs to another stack, which is named", async () => {
    const there = namespace("monitoring-nodes", "organization/alerting/prod", {});
    const faults = (await told({ [nodes]: there })).join();
    assert.match(faults, /not this stack's, but that of organization\/alerting\/prod\. Choose another name; if/);
    assert.doesNotMatch(faults, /remove/);
  });

  it("is reported together with the other stack's namespace if another stack owns both", async () => {
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
