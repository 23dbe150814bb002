import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { partOf } from "../../../conventions/cluster-names";
import { type AlertingOutputs, OutputsConfigMap } from "../../../components/outputs-config-map";
import { kubernetesProvider } from "../../../components/providers";
import { contractVersion } from "../../../outputs/read-alerting";
import { record, settled } from "../../support/mocks";

const outputs: AlertingOutputs = {
  contractVersion,
  namespace: pulumi.output("monitoring"),
  prometheusHostname: pulumi.output("prometheus.elb.example"),
  prometheusUrl: "http://prometheus.elb.example",
  prometheusInClusterUrl: "http://prometheus-server.monitoring.svc",
  alertmanagerHostname: pulumi.output("alertmanager.elb.example"),
  alertmanagerUrl: "http://alertmanager.elb.example",
  alertmanagerInClusterUrl: "http://prometheus-alertmanager.monitoring.svc:9093",
  pushgatewayInClusterUrl: "http://prometheus-prometheus-pushgateway.monitoring.svc:9091",
};

async function configMap(more: Partial<AlertingOutputs> = {}) {
  const recorder = await record();
  const labels = { [partOf.key]: partOf.value };
  new OutputsConfigMap("outputs", { namespace: "monitoring", outputs: { ...outputs, ...more }, labels });
  await settled();
  return recorder.one(":ConfigMap");
}

describe("the ConfigMap of the outputs", () => {
  it("contains every output as a string, under the outputs' names, and has a fixed name", async () => {
    const { inputs } = await configMap();
    assert.deepEqual(inputs.metadata, {
      name: "alerting-outputs",
      namespace: "monitoring",
      labels: { "app.kubernetes.io/part-of": "alerting" },
    });
    assert.deepEqual(inputs.data, {
      contractVersion: "1",
      namespace: "monitoring",
      prometheusHostname: "prometheus.elb.example",
      prometheusUrl: "http://prometheus.elb.example",
      prometheusInClusterUrl: "http://prometheus-server.monitoring.svc",
      alertmanagerHostname: "alertmanager.elb.example",
      alertmanagerUrl: "http://alertmanager.elb.example",
      alertmanagerInClusterUrl: "http://prometheus-alertmanager.monitoring.svc:9093",
      pushgatewayInClusterUrl: "http://prometheus-prometheus-pushgateway.monitoring.svc:9091",
    });
  });

  it("is updated in place, and never deleted in between", async () => {
    const recorder = await record();
    kubernetesProvider({ context: "lab" });
    await settled();
    assert.equal(recorder.one("pulumi:providers:kubernetes").inputs.enableConfigMapMutable, "true");
  });

  it("names the file system only if there is one", async () => {
    const { inputs } = await configMap({ fileSystemId: pulumi.output("fs-0123456789abcdef0") });
    assert.equal((inputs.data as Record<string, unknown>).fileSystemId, "fs-0123456789abcdef0");
  });
});

describe("the package for app stacks", () => {
  const text = (...file: string[]) => readFileSync(join(__dirname, "../../..", ...file), "utf8");
  const packages = (...folder: string[]) =>
    JSON.parse(text(...folder, "package.json")) as {
      dependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
  const ours = packages();

  it("is one file that imports only @pulumi/pulumi, and the examples have copies of it", () => {
    const reader = text("outputs", "read-alerting.ts");
    const imported = [...reader.matchAll(/(?:from |import\(|require\()"([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(imported, ["@pulumi/pulumi"]);
    for (const example of ["app-stack", "clusters"])
      assert.equal(text("examples", example, "read-alerting.ts"), reader, example);
  });

  for (const folder of [["examples", "app-stack"], ["examples", "clusters"], ["outputs"]]) {
    it(`has the same dependency versions as this program in ${folder.join("/")}`, () => {
      const { dependencies, devDependencies } = packages(...folder);
      const expected = { ...ours.dependencies, ...ours.devDependencies };
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        assert.equal(version, expected[name], name);
      }
    });
  }

  for (const [example, providers] of [
    ["app-stack", ["kubernetes"]],
    ["clusters", ["aws", "kubernetes"]],
  ] as const) {
    it(`has the example ${example}, of less than a hundred lines, with only explicit providers`, () => {
      const program = text("examples", example, "index.ts");
      assert.ok(program.split("\n").length < 100);
      const list = providers.map((name) => `    - ${name}\n`).join("");
      assert.ok(text("examples", example, "Pulumi.dev.yaml").includes(`disable-default-providers:\n${list}`));
    });
  }
});
