import assert from "node:assert/strict";
import { checkChartValues } from "../../../chart/check-chart-values";
import type { ChartValues } from "../../../chart/values";

describe("the types of the chart's values", () => {
  it("accept everything that the check accepts", () => {
    const values: ChartValues = {
      server: {
        retention: "15d",
        retentionSize: "8GB",
        global: { scrape_interval: "1m30s", external_labels: { cluster: "lab" } },
        tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule" }],
        strategy: { type: "Recreate" },
        persistentVolume: { storageClass: "-", accessModes: ["ReadWriteOnce"] },
        service: { type: "ClusterIP", annotations: { "any/key": "any" } },
        extraVolumes: [{ name: "a", emptyDir: { medium: "Memory" } }],
      },
      alertmanager: { podAntiAffinity: "soft", enabled: true, ingress: { annotations: { a: "b" } } },
      "prometheus-node-exporter": { updateStrategy: { type: "OnDelete" } },
      serverFiles: { "alerting_rules.yml": { groups: [{ name: "a", rules: [{ alert: "A", expr: "up == 0" }] }] } },
    };
    assert.deepEqual(checkChartValues(values), []);
  });

  it("refuse everything that the check refuses", () => {
    const refused: ChartValues[] = [
      // @ts-expect-error there is no such key
      { server: { mountPath: "/data" } },
      // @ts-expect-error the chart accepts only some strings here
      { server: { podAntiAffinity: "Hard" } },
      // @ts-expect-error not a string
      { server: { replicaCount: "1" } },
      // @ts-expect-error not a duration
      { server: { retention: "15 days" } },
      // @ts-expect-error not a size in Prometheus' format
      { server: { retentionSize: "8Gi" } },
      // @ts-expect-error not an effect that Kubernetes knows
      { server: { tolerations: [{ effect: "NoSchedul" }] } },
      // @ts-expect-error not a field of a toleration
      { alertmanager: { tolerations: [{ operater: "Exists" }] } },
      // @ts-expect-error a key that the chart does not use
      { server: { statefulSet: { annotations: { a: "b" } } } },
      // @ts-expect-error a key of an older chart
      { nodeExporter: { enabled: false } },
      // @ts-expect-error annotations are strings
      { server: { service: { annotations: { a: true } } } },
    ];
    for (const values of refused) assert.equal(checkChartValues(values).length, 1, JSON.stringify(values));
  });
});
