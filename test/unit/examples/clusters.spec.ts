import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Cluster, collisions } from "../../../examples/clusters/clusters";
import program from "../../../examples/clusters/index";
import { contractVersion } from "../../../outputs/read-alerting";
import { resolved, settled } from "../../support/mocks";
import { asText } from "../../support/settings";

const region = "eu-central-1";
const endpoint = `https://aps-workspaces.${region}.amazonaws.com/workspaces/ws-1/`;

function outputs(name: string, changes: object = {}) {
  return {
    contractVersion,
    namespace: "monitoring",
    prometheusHostname: `prometheus-${name}.elb.example`,
    prometheusUrl: `http://prometheus-${name}.elb.example`,
    prometheusInClusterUrl: "http://prometheus-server.monitoring.svc",
    alertmanagerHostname: `alertmanager-${name}.elb.example`,
    alertmanagerUrl: `https://alerts-${name}.example`,
    alertmanagerInClusterUrl: "http://prometheus-alertmanager.monitoring.svc:9093",
    pushgatewayInClusterUrl: "http://prometheus-prometheus-pushgateway.monitoring.svc:9091",
    cluster: name,
    environment: "production",
    ...changes,
  };
}

type Stacks = Readonly<Record<string, object>>;

const two: Stacks = { "organization/alerting/a": outputs("a"), "organization/alerting/b": outputs("b") };

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Runs the program with the outputs of these stacks. */
async function run(stacks: Stacks, config: Readonly<Record<string, unknown>> = {}) {
  const registered: Registered[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, id, inputs: given }) => {
      const inputs = given as Record<string, unknown>;
      if (type === "pulumi:pulumi:StackReference") return { id, state: { ...inputs, outputs: stacks[id!] } };
      registered.push({ type, name, inputs });
      const computed = type.endsWith(":Workspace") ? { prometheusEndpoint: endpoint, arn: "arn:workspace" } : {};
      return { id: `${name}-id`, state: { arn: `arn:${name}`, ...inputs, ...computed } };
    },
    call: ({ inputs }) => {
      const { name } = inputs as { name: string };
      if (!(name in stacks)) throw Object.assign(new Error(), { details: `unknown stack "${name}"` });
      return {};
    },
  };
  await pulumi.runtime.setMocks(mocks, "clusters", "shared", false, "organization");
  const all = { stacks: Object.keys(stacks), ...config };
  const keys = Object.entries(asText(all)).map(([key, text]) => [`clusters:${key}`, text] as const);
  pulumi.runtime.setAllConfig({ "aws:region": region, ...Object.fromEntries(keys) });
  // The program removes this variable.
  const { KUBECONFIG } = process.env;
  try {
    const exported = (await program()) as Record<string, pulumi.Input<unknown>>;
    return { registered, exported };
  } finally {
    await settled();
    if (KUBECONFIG !== undefined) process.env.KUBECONFIG = KUBECONFIG;
  }
}

const statementsOf = ({ inputs }: Registered) =>
  (JSON.parse(inputs["policy"] as string) as { Statement: readonly object[] }).Statement;

describe("the example of several clusters", () => {
  it("makes one workspace, a policy to write to it, and a policy to read from it", async () => {
    const { registered, exported } = await run(two);
    assert.deepEqual(
      registered.map(({ type, name }) => `${type} ${name}`),
      [
        "pulumi:providers:aws aws",
        "aws:amp/workspace:Workspace workspace",
        "aws:iam/policy:Policy write",
        "aws:iam/policy:Policy read",
      ],
    );
    const [, , write, read] = registered;
    assert.deepEqual(statementsOf(write!), [
      { Effect: "Allow", Action: ["aps:RemoteWrite"], Resource: "arn:workspace" },
    ]);
    const queries = ["aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"];
    assert.deepEqual(statementsOf(read!), [{ Effect: "Allow", Action: queries, Resource: "arn:workspace" }]);
    const { value } = await resolved(exported["longTerm"]);
    assert.deepEqual(value, { engine: "amp", workspace: "workspace-id", region });
    assert.deepEqual(
      ((await resolved(exported["clusters"])).value as Cluster[]).map(({ stack, cluster }) => [stack, cluster]),
      [
        ["organization/alerting/a", "a"],
        ["organization/alerting/b", "b"],
      ],
    );
  });

  it("gives the policies to roles of nodes and of Grafana, and lets nodes of other accounts assume a role", async () => {
    const other = "arn:aws:iam::210987654321:role/nodes";
    const { registered, exported } = await run(two, {
      nodeRoles: ["nodes-a"],
      grafanaRoles: ["grafana"],
      otherNodeRoles: [other],
    });
    const attachments = registered.filter(({ type }) => type.endsWith(":RolePolicyAttachment"));
    assert.deepEqual(
      attachments.map(({ inputs }) => [inputs["role"], inputs["policyArn"]]),
      [
        ["nodes-a", "arn:write"],
        ["grafana", "arn:read"],
        ["clusters-writer", "arn:write"],
      ],
    );
    const writer = registered.find(({ type }) => type.endsWith(":Role"));
    const trust = JSON.parse(writer!.inputs["assumeRolePolicy"] as string) as { Statement: { Principal: object }[] };
    assert.deepEqual(trust.Statement[0]?.Principal, { AWS: [other] });
    assert.equal((await resolved(exported["writerRoleArn"])).value, "arn:writer");
  });

  it("gives Grafana a datasource without a secret, which signs its queries", async () => {
    const { registered, exported } = await run(two, { grafanaContext: "tools" });
    const configMap = registered.find(({ type }) => type.endsWith(":ConfigMap"));
    const { metadata, data } = configMap!.inputs as { metadata: object; data: Record<string, string> };
    const labels = { grafana_datasource: "1" };
    assert.deepEqual(metadata, { name: "alerting-clusters", namespace: "grafana", labels });
    const text = data["alerting-clusters.yaml"]!;
    const { datasources } = JSON.parse(text) as { datasources: { url: string; jsonData: object }[] };
    assert.equal(datasources[0]?.url, endpoint);
    assert.deepEqual(datasources[0]?.jsonData, {
      ...{ httpMethod: "POST", sigV4Auth: true, sigV4AuthType: "default", sigV4Region: region },
      manageAlerts: false,
    });
    assert.deepEqual(await resolved(exported["grafanaDatasource"]), { value: text, secret: false });
  });

  it("accepts stacks that do not send samples yet", async () => {
    const unset = { cluster: undefined, environment: undefined };
    const { registered } = await run({ ...two, "organization/alerting/c": outputs("c", unset) });
    assert.equal(registered.length, 4);
  });

  it("names all stacks that cannot be read and all collisions in one error, and registers nothing", async () => {
    const stacks = {
      ...two,
      "organization/alerting/c": outputs("c", { cluster: "a", alertmanagerUrl: "https://alerts-b.example/" }),
    };
    const listed = [...Object.keys(stacks), "organization/alerting/nowhere", "organization/alerting/a"];
    await assert.rejects(run(stacks, { stacks: listed }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.equal(error.stack, error.message);
      const [head, ...lines] = error.message.split("\n- ");
      assert.equal(head, "clusters:stacks has problems:");
      assert.equal(lines.length, 4);
      assert.equal(lines[0], "organization/alerting/a is listed twice.");
      assert.match(lines[1]!, /^There is no stack "organization\/alerting\/nowhere"/);
      assert.match(lines[2]!, /^The label cluster is "a" in organization\/alerting\/a and organization\/alerting\/c: /);
      assert.match(lines[2]!, /An applied stack cannot change its cluster: leave one out here/);
      assert.match(lines[3]!, /^A page has the address alerts-b\.example in organization\/alerting\/b and .*\/c: /);
      assert.match(lines[3]!, /alerting:alertmanager\.externalUrl/);
      return true;
    });
  });
});

describe("collisions between clusters", () => {
  const cluster = (name: string, changes: Partial<Cluster> = {}): Cluster => ({
    ...outputs(name),
    stack: name,
    ...changes,
  });

  it("do not exist between clusters that share nothing, or only their environment", () => {
    assert.deepEqual(collisions([cluster("a"), cluster("b"), cluster("c")]), []);
  });

  it("exist between equal cluster labels in different environments, because engines elect replicas by cluster", () => {
    const found = collisions([cluster("a"), cluster("b", { cluster: "a", environment: "staging" })]);
    assert.equal(found.length, 1);
    assert.match(found[0]!, /keep only those of one cluster/);
  });

  it("exist between a page of one stack and the other page of another, whatever the scheme and the letters' case", () => {
    const found = collisions([
      cluster("a", { prometheusUrl: "http://Pages.example" }),
      cluster("b", { alertmanagerUrl: "https://pages.example/" }),
    ]);
    assert.match(found.join(), /^A page has the address pages\.example in a and b: /);
  });

  it("do not exist between two pages of one stack, or between different ports of one host", () => {
    const pages = (port: number) => ({
      prometheusUrl: `https://pages.example:${port}`,
      alertmanagerUrl: `https://pages.example:${port}`,
    });
    assert.deepEqual(collisions([cluster("a", pages(8443)), cluster("b", pages(9443))]), []);
  });

  it("exist between stacks with one load balancer, which are the same cluster", () => {
    const { prometheusHostname } = cluster("a");
    const found = collisions([cluster("a"), cluster("b", { prometheusHostname })]);
    assert.deepEqual(found, [
      "The load balancer prometheus-a.elb.example belongs to a and b: are they the same cluster? List one of them.",
    ]);
  });
});
