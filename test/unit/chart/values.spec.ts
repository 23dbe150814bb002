import assert from "node:assert/strict";
import { checkChartValues } from "../../../chart/check";
import type { ChartValues } from "../../../chart/values";

describe("the types of the chart's values", () => {
  it("are what the check takes as well", () => {
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

  it("refuse at once what the check refuses", () => {
    const refused: ChartValues[] = [
      // @ts-expect-error there is no such key
      { server: { mountPath: "/data" } },
      // @ts-expect-error the chart's own words, not text
      { server: { podAntiAffinity: "Hard" } },
      // @ts-expect-error not a text
      { server: { replicaCount: "1" } },
      // @ts-expect-error no duration
      { server: { retention: "15 days" } },
      // @ts-expect-error no size of Prometheus
      { server: { retentionSize: "8Gi" } },
      // @ts-expect-error none of Kubernetes' effects
      { server: { tolerations: [{ effect: "NoSchedul" }] } },
      // @ts-expect-error no field of a toleration
      { alertmanager: { tolerations: [{ operater: "Exists" }] } },
      // @ts-expect-error read by nothing
      { server: { statefulSet: { annotations: { a: "b" } } } },
      // @ts-expect-error a chart of old
      { nodeExporter: { enabled: false } },
      // @ts-expect-error texts are what annotations hold
      { server: { service: { annotations: { a: true } } } },
    ];
    for (const values of refused) assert.equal(checkChartValues(values).length, 1, JSON.stringify(values));
  });
});
