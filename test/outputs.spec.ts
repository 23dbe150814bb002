import assert from "node:assert/strict";
import { partOf } from "../cluster/names";
import { type AlertingOutputs, OutputsConfigMap } from "../components/outputsConfigMap";
import { contractVersion } from "../outputs/readAlerting";
import * as pulumi from "@pulumi/pulumi";
import { record, settled } from "./mocks";

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
  it("has every output as text, under the outputs' own names, and a name that does not change", async () => {
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

  it("names the file system only where there is one", async () => {
    const { inputs } = await configMap({ fileSystemId: pulumi.output("fs-0123456789abcdef0") });
    assert.equal((inputs.data as Record<string, unknown>).fileSystemId, "fs-0123456789abcdef0");
  });
});
