import assert from "node:assert/strict";
import { checkChartValues } from "../../../chart/check-chart-values";
import { ourValues } from "../../../tools/chart-contract/our-values";
import { writtenPath } from "../../../validation/finding";
import { faults } from "../../support/chart-faults";

/** The findings, as `<path>: <sentence>`. */
function found(values: unknown): string[] {
  return checkChartValues(values).map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);
}

describe("the check of the chart's values", () => {
  for (const [title, [values, ...expected]] of Object.entries(faults)) {
    it(`reports ${title}`, () => {
      assert.deepEqual(found(values).sort(), [...expected].sort());
    });
  }

  it("accepts an unused key if its value is as empty as in the chart", () => {
    assert.deepEqual(checkChartValues({ server: { daemonSet: { annotations: {} } } }), []);
  });

  it("finds nothing in the values that this program sets", () => {
    assert.deepEqual(found(ourValues()), []);
    assert.deepEqual(found({}), []);
  });

  it("accepts valid values", () => {
    const good = {
      server: {
        persistentVolume: { storageClass: "-", selector: { matchLabels: { a: "b" } }, size: "1.5Ti" },
        schedulerName: "stork",
        service: { type: "LoadBalancer", nodePort: 30090, annotations: { "any/key": "" } },
        replicaCount: null,
        retentionSize: "",
        resources: { limits: { cpu: 1, memory: "2Gi" } },
        extraArgs: { "web.max-connections": 10, "web.enable-admin-api": "" },
        sidecarContainers: { proxy: { image: "proxy:1" }, templated: "image: {{ .Values.image }}" },
        sidecarTemplateValues: { anything: [1] },
        global: { external_labels: { a: "b" }, query_log_file: "/tmp/log" },
        podDisruptionBudget: { enabled: true, maxUnavailable: "50%" },
        route: { other: { enabled: true, hostnames: ["prometheus.example"] } },
        extraSecretMounts: [{ name: "a", mountPath: "/a", secretName: "a", readOnly: true }],
      },
      scrapeConfigs: { "kubernetes-pods": { enabled: false }, own: { static_configs: [] } },
      serverFiles: { "own.yml": { groups: [] }, "prometheus.yml": { rule_files: ["/etc/config/own.yml"] } },
      alertmanager: { livenessProbe: { httpGet: null, tcpSocket: { port: "http" } }, templates: { "a.tmpl": "x" } },
      "kube-state-metrics": { affinity: '{{ include "a" . }}', hostUsers: false, securityContext: { enabled: false } },
      "prometheus-node-exporter": { nodeSelector: { "kubernetes.io/os": null }, service: { nodePort: 30100 } },
      global: { imageRegistry: "mirror.example" },
    };
    assert.deepEqual(found(good), []);
  });

  it("reports circular references, and all other problems too", () => {
    const values: Record<string, unknown> = { sever: {} };
    values.server = { affinity: values, extraVolumes: [values] };
    assert.deepEqual(found(values), [
      "server.affinity: contains itself; write the value out.",
      "server.extraVolumes[0]: contains itself; write the value out.",
      "sever: is not a key here; is `server` meant?",
    ]);
  });

  it("does not treat a value in two places as a circular reference", () => {
    const tolerations = [{ operator: "Exists" }];
    assert.deepEqual(found({ server: { tolerations }, alertmanager: { tolerations } }), []);
  });

  it("stops at a depth that no chart's values have", () => {
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level++) deep = { a: deep };
    assert.deepEqual(found({ server: { otlp: deep } }), [
      "server.otlp.a.a.a.a.a.a: is nested more than 64 levels deep, which nothing here needs.",
    ]);
  });

  it("reports values that are not plain data", () => {
    assert.deepEqual(
      found({ server: { name: () => "x", replicaCount: NaN, tsdb: new Map(), podLabels: { a: undefined } } }),
      [
        "server.name: is a function, which no configuration can hold; write a string or a number.",
        "server.replicaCount: is NaN, which no configuration can hold; write a number.",
        "server.tsdb: is an object of a class (an Output, a Date ...); write the plain value.",
      ],
    );
  });

  it("reports each of 10,000 wrong keys exactly once", () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key${index}`);
    const lines = found({ server: Object.fromEntries(keys.map((key) => [key, 1])) });
    assert.equal(lines.length, 10_000);
    assert.equal(new Set(lines).size, 10_000);
  });

  it("reports each of 20,000 wrong list items exactly once", () => {
    const lines = found({ server: { env: Array.from({ length: 20_000 }, () => ({ nam: "A", value: "x" })) } });
    assert.ok(lines.length >= 20_000);
    assert.equal(new Set(lines).size, lines.length);
  });

  it("does not change the values", () => {
    const values = { server: { replicaCount: null, tolerations: [{ key: "a" }] } };
    const before = structuredClone(values);
    checkChartValues(values);
    assert.deepEqual(values, before);
  });
});
