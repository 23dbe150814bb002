import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import { FakeCluster } from "../support/fake-cluster";
import { type Calls, record, type Recorder, resolved, settled } from "../support/mocks";
import { asText, canary, canaryPath, least, master, type Values, workerB } from "../support/settings";

const ec2: Calls = {
  "aws:ec2/getInstances:getInstances": ({ filters }) => ({ ids: (filters as [{ values: string[] }])[0].values }),
  "aws:ec2/getNetworkInterface:getNetworkInterface": () => ({
    subnetId: "subnet-a",
    vpcId: "vpc-1",
    availabilityZone: "a",
    securityGroups: ["sg-1"],
  }),
};

/** The engine's responses about a stack's state. */
const stateOf = (outputs: object, resources: readonly object[] = []): Calls => ({
  "pulumi:pulumi:readStackOutputs": () => ({ outputs }),
  "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs: { ...resources } }),
});

interface Run {
  recorder: Recorder;
  outputs?: Record<string, pulumi.Input<string>>;
  error?: Error;
}

/** Runs index.ts as the engine does, with mocks and a fake cluster. */
async function run(
  values: Values = {},
  { changes = {}, calls = ec2, secret = true }: { changes?: object; calls?: Calls; secret?: boolean } = {},
): Promise<Run> {
  const cluster = await FakeCluster.start(changes as never);
  const own = asText({ ...least, slackWebhookUrl: canary, kubeconfig: cluster.kubeconfig(), ...values });
  const recorder = await record(calls);
  const all = Object.fromEntries(Object.entries(own).map(([key, value]) => [`alerting:${key}`, value]));
  pulumi.runtime.setAllConfig({ "aws:region": "ap-northeast-2", ...all }, secret ? ["alerting:slackWebhookUrl"] : []);
  try {
    const outputs = (await program()) as unknown as Record<string, pulumi.Input<string>>;
    await settled();
    return { recorder, outputs };
  } catch (error) {
    await settled();
    return { recorder, error: error as Error };
  } finally {
    await cluster.stop();
  }
}

describe("the program", () => {
  it("registers everything under one component, and exports exactly these outputs, none of them secret", async () => {
    const { recorder, outputs, error } = await run();
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(outputs!).sort(), [
      "alertmanagerHostname",
      "alertmanagerInClusterUrl",
      "alertmanagerUrl",
      "contractVersion",
      "fileSystemId",
      "namespace",
      "prometheusHostname",
      "prometheusInClusterUrl",
      "prometheusUrl",
      "pushgatewayInClusterUrl",
    ]);
    for (const [key, output] of Object.entries(outputs!)) {
      const { value, secret } = await resolved(output);
      assert.equal(typeof value, key === "contractVersion" ? "number" : "string", key);
      assert.equal(secret, false, key);
      assert.ok(!String(value).includes(canaryPath), key);
    }
    const top = recorder.resources.filter(({ parent }) => parent === "").map(({ type }) => type);
    const providers = ["aws", "kubernetes", "random"].map((name) => `pulumi:providers:${name}`);
    assert.deepEqual(top.sort(), ["alerting:index:Alerting", ...providers]);
    assert.ok(recorder.resources.length > 20);
  });

  it("takes owner, environment and cluster from the engine if they are not set", async () => {
    const { recorder } = await run({ storage: { type: "none" } });
    const { annotations } = recorder.one(":Namespace", "namespace").inputs.metadata as { annotations: object };
    assert.deepEqual(annotations, { "alerting-owner/stack": "organization/alerting/dev" });
    const { server } = recorder.one(":Release").inputs.values as { server: { global: { external_labels: object } } };
    assert.deepEqual(server.global.external_labels, { cluster: "lab", environment: "dev" });
  });

  it("exports no file system if there is none", async () => {
    const { outputs } = await run({ storage: { type: "none" } }, { calls: {} });
    assert.ok(!("fileSystemId" in outputs!));
  });

  it('continues without a missing node, with a warning, if missingNodes is "warn"', async () => {
    const nodes = { masters: least.nodes.masters, workers: { names: ["gone", workerB] } };
    const warnings: string[] = [];
    const warn = mock.method(pulumi.log, "warn", (message: string) => {
      warnings.push(message);
      return Promise.resolve();
    });
    try {
      const { recorder, error } = await run({ missingNodes: "warn", nodes, storage: { type: "none" } });
      assert.equal(error, undefined);
      assert.deepEqual(
        recorder
          .all(":NodePatch")
          .map(({ name }) => name)
          .sort(),
        [`node-labels-${master}`, `node-labels-${workerB}`],
      );
      // The first warning says that there is no heartbeat.
      assert.equal(warnings.length, 3);
      assert.match(warnings[1]!, /no node "gone"/);
      assert.match(warnings[2]!, /^alerting:availability: the loss of the master .* would silence alerting/);
    } finally {
      warn.mock.restore();
    }
  });

  const early: [title: string, values: Values, options: Parameters<typeof run>[1], lines: RegExp[]][] = [
    [
      "no configuration at all",
      asUnset(),
      { secret: false },
      [/alerting:context: is not set/, /alerting:nodes: is not set/, /alerting:slackWebhookUrl: is not set/],
    ],
    ["a webhook in plain text", {}, { secret: false }, [/alerting:slackWebhookUrl: is not set as a secret/]],
    ["a problem in the configuration", { protectData: "yes" }, {}, [/alerting:protectData: got "yes"/]],
    ["a problem in the cluster", {}, { changes: { "GET /version": { status: 401, message: "no" } } }, [/\(401\)/]],
    [
      "a chart that does not exist",
      { chart: { source: "./no-such-chart" } },
      {},
      [/alerting:chart\.source: got ".\/no-such-chart"/],
    ],
    [
      "a problem in the configuration, the cluster and the chart at once",
      { protectData: "yes", nodes: { masters: { names: ["gone"] } }, chart: { source: "./no-such-chart" } },
      {},
      [
        /alerting:protectData/,
        /alerting:nodes\.masters\.names: the cluster has no node "gone"/,
        /alerting:chart\.source/,
      ],
    ],
  ];
  for (const [title, values, options, told] of early) {
    it(`registers nothing and does not call AWS if there is ${title}`, async () => {
      const { recorder, error } = await run(values, options);
      assert.deepEqual(recorder.resources, []);
      assert.deepEqual(
        recorder.invokes.filter(({ token }) => token.startsWith("aws:")),
        [],
      );
      assert.equal(error?.name, "ConfigurationError");
      for (const line of told) assert.match(error.message, line);
      assert.match(error.message, /\nNot checked yet, so more may follow: .*what AWS says\.$/);
      assert.equal(error.message.split("\n").length, told.length + 2, error.message);
      assert.ok(!error.message.includes(canaryPath), error.message);
    });
  }

  it("creates nothing, and names the node, if AWS does not know the node", async () => {
    const unknown = { ...ec2, "aws:ec2/getInstances:getInstances": () => ({ ids: [] }) };
    const { recorder, error } = await run({}, { calls: unknown });
    assert.match(error!.message, /alerting:nodes: EC2 does not know node "ip-10-0-1-10\./);
    // Registering a provider creates nothing in AWS or in the cluster. One provider was registered to call AWS.
    const made = recorder.resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));
    assert.deepEqual(made, []);
  });

  it("continues, with a warning, if the backend does not provide the state", async () => {
    const refused: Calls = {
      "pulumi:pulumi:readStackOutputs": () => {
        throw Object.assign(new Error(), { details: "unknown stack" });
      },
    };
    const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
    try {
      assert.equal((await run({}, { calls: { ...ec2, ...refused } })).error, undefined);
      const said = warn.mock.calls.map(({ arguments: [text] }) => text as string);
      assert.ok(
        said.some((text) => /state could not be read \(.*unknown stack.*\).*pulumi state upgrade/.test(text)),
        said.join("\n"),
      );
    } finally {
      warn.mock.restore();
    }
  });

  it("refuses an update, before anything is registered, while a pod of Alertmanager is on a lost node", async () => {
    const pods = "/api/v1/namespaces/monitoring/pods?labelSelector=app.kubernetes.io/instance=prometheus";
    const owned = {
      name: "monitoring",
      uid: "u-1",
      annotations: { "alerting-owner/stack": "organization/alerting/dev" },
    };
    const pod = {
      metadata: {
        name: "prometheus-alertmanager-0",
        labels: { "app.kubernetes.io/name": "alertmanager" },
        ownerReferences: [{ kind: "StatefulSet" }],
        deletionTimestamp: "2026-07-01T00:00:00Z",
      },
      spec: { nodeName: master },
    };
    const node = (status: string) => ({
      metadata: { name: master },
      status: { conditions: [{ type: "Ready", status }] },
    });
    const changes = (status: string) => ({
      "GET /api/v1/namespaces?labelSelector=alerting-owner": { items: [{ metadata: owned }] },
      "GET /api/v1/namespaces/monitoring": { metadata: owned },
      [`GET ${pods}`]: { items: [pod] },
      "GET /api/v1/nodes": { items: [node(status)] },
    });
    const values = { storage: { type: "none" } };
    const { recorder, error } = await run(values, { changes: changes("Unknown"), calls: {} });
    assert.match(
      error!.message,
      /alerting:availability: the pod prometheus-alertmanager-0 is on the node ip-10-0-1-10/,
    );
    assert.deepEqual(recorder.resources, []);
    assert.equal((await run(values, { changes: changes("True"), calls: {} })).error, undefined);
  });

  it("refuses another cluster and another VPC than in the state, before anything is registered", async () => {
    const made = { type: "kubernetes:core/v1:Namespace", outputs: { metadata: { name: "monitoring", uid: "u-1" } } };
    const group = { type: "aws:ec2/securityGroup:SecurityGroup", outputs: { vpcId: "vpc-0" } };
    const after = (...resources: object[]) => ({
      calls: { ...ec2, ...stateOf({ namespace: "monitoring" }, resources) },
    });

    const cluster = await run({}, after(made, group));
    assert.match(
      cluster.error!.message,
      /alerting:context: got "lab", but this stack is on another cluster: the namespace/,
    );
    const network = await run({}, after(group));
    assert.match(
      network.error!.message,
      /alerting:network: the mount targets would go to vpc-1, but this stack's are in vpc-0/,
    );
    for (const { recorder } of [cluster, network])
      assert.deepEqual(
        recorder.resources.filter(({ type }) => !type.startsWith("pulumi:providers:")),
        [],
      );
    assert.equal((await run({}, after())).error, undefined, "a stack that was destroyed goes where it likes");
  });
});

function asUnset(): Values {
  return { context: undefined, nodes: undefined, slackWebhookUrl: undefined, kubeconfig: undefined };
}
