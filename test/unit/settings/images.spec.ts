import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { prometheusValues } from "../../../values/prometheus-values";
import { releaseValues } from "../../../values/release-values";
import { chartImages, prometheusChart, subCharts } from "../../../versions";
import { faultLines, settings, type Values } from "../../support/settings";

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`;
const digests = {
  prometheus: digestOf("1"),
  alertmanager: digestOf("2"),
  nodeExporter: digestOf("3"),
  kubeStateMetrics: digestOf("4"),
  pushgateway: digestOf("5"),
};

/** The image values of each program. */
function images(values: Values): Record<string, unknown> {
  const made = prometheusValues(settings(values));
  return {
    prometheus: made.server.image,
    alertmanager: made.alertmanager.image,
    nodeExporter: made["prometheus-node-exporter"].image,
    kubeStateMetrics: made["kube-state-metrics"].image,
    pushgateway: made["prometheus-pushgateway"].image,
  };
}

describe("images by digest", () => {
  it("are set in the keys that each chart uses", () => {
    assert.deepEqual(images({ images: { digests } }), {
      prometheus: { digest: digests.prometheus },
      alertmanager: { tag: `v0.34.0@${digests.alertmanager}` },
      nodeExporter: { digest: digests.nodeExporter },
      kubeStateMetrics: { sha: digests.kubeStateMetrics },
      pushgateway: { tag: `v1.11.3@${digests.pushgateway}` },
    });
  });

  it("still come from the mirror", () => {
    const found = images({ images: { registry: "mirror.example/all", digests } });
    assert.deepEqual(found.prometheus, {
      repository: "mirror.example/all/prometheus/prometheus",
      digest: digests.prometheus,
    });
    assert.deepEqual(found.kubeStateMetrics, { registry: "mirror.example/all", sha: digests.kubeStateMetrics });
  });

  it("come from one mirror per registry, as pull-through caches need, or from the original registry", () => {
    const ecr = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com";
    const registry = { "quay.io": `${ecr}/quay`, "registry.k8s.io": `${ecr}/k8s` };
    assert.deepEqual(images({ images: { registry, digests: { alertmanager: digests.alertmanager } } }), {
      prometheus: { repository: `${ecr}/quay/prometheus/prometheus` },
      alertmanager: { repository: `${ecr}/quay/prometheus/alertmanager`, tag: `v0.34.0@${digests.alertmanager}` },
      nodeExporter: { registry: `${ecr}/quay` },
      kubeStateMetrics: { registry: `${ecr}/k8s` },
      pushgateway: { repository: `${ecr}/quay/prometheus/pushgateway` },
    });
    const part = images({ images: { registry: { "registry.k8s.io": `${ecr}/k8s` } } });
    assert.deepEqual([part.prometheus, part.kubeStateMetrics], [undefined, { registry: `${ecr}/k8s` }]);
    assert.deepEqual(releaseValues(settings({ images: { registry } }), []).faults, []);
  });

  it("are refused for a registry that no image uses, and for a registry with a scheme", () => {
    assert.deepEqual(faultLines({ images: { registry: { "docker.io": "mirror.example" } } }), [
      'alerting:images.registry["docker.io"]: there is no such setting. Known here: quay.io, registry.k8s.io.',
    ]);
    const [line, ...more] = faultLines({ images: { registry: { "quay.io": "https://mirror.example" } } });
    assert.deepEqual(more, []);
    assert.match(
      line ?? "",
      /^alerting:images\.registry.*accepted: a registry's host, with a path if any, without https:/,
    );
  });

  it("are independent: an image without a digest keeps the chart's default", () => {
    const { prometheus, ...others } = images({ images: { digests: { prometheus: digests.prometheus } } });
    assert.deepEqual(prometheus, { digest: digests.prometheus });
    assert.deepEqual(new Set(Object.values(others)), new Set([undefined]));
  });

  it("are set under keys that the chart has", () => {
    assert.deepEqual(releaseValues(settings({ images: { digests } }), []).faults, []);
  });

  for (const [name, value] of Object.entries({
    prometheus: "v3.14.0",
    alertmanager: digestOf("2").slice(0, 70),
    nodeExporter: digestOf("A"),
    kubeStateMetrics: "4".repeat(64),
    pushgateway: `quay.io/prometheus/pushgateway@${digests.pushgateway}`,
  })) {
    it(`are refused if they are invalid, for example for ${name}`, () => {
      assert.deepEqual(faultLines({ images: { digests: { [name]: value } } }), [
        `alerting:images.digests.${name}: got "${value}"; accepted: a digest: "sha256:" and 64 digits of 0-9 and a-f, in lower case.`,
      ]);
    });
  }

  it("are refused for an unknown image, with the list of known images", () => {
    const [line, ...more] = faultLines({ images: { digests: { grafana: digestOf("6") } } });
    assert.deepEqual(more, []);
    assert.match(line ?? "", /^alerting:images\.digests\.grafana: .*pushgateway/);
  });

  it("may not be written as chart values, and neither may tags", () => {
    const values = {
      server: { image: { digest: digests.prometheus } },
      alertmanager: { image: { tag: `v0.34.0@${digests.alertmanager}` } },
      "prometheus-node-exporter": { image: { digest: digests.nodeExporter } },
      "kube-state-metrics": { image: { sha: digests.kubeStateMetrics } },
      "prometheus-pushgateway": { image: { tag: `v1.11.3@${digests.pushgateway}` } },
    };
    const { faults } = releaseValues(settings({ values }), []);
    const keys = faults.map(({ key }) => key);
    assert.deepEqual(keys.sort(), [
      "alerting:values.alertmanager.image.tag",
      "alerting:values.kube-state-metrics.image.sha",
      "alerting:values.prometheus-node-exporter.image.digest",
      "alerting:values.prometheus-pushgateway.image.tag",
      "alerting:values.server.image.digest",
    ]);
    const told = (end: string) => faults.find(({ key }) => key.endsWith(end))?.sentence ?? "";
    assert.match(told("state-metrics.image.sha"), /set `alerting:images\.digests\.kubeStateMetrics` instead\.$/);
    assert.match(told("server.image.digest"), /set `alerting:images\.digests\.prometheus` instead\.$/);
    assert.match(told("alertmanager.image.tag"), /the chart sets the versions/);
  });
});

const realChart = resolve(__dirname, "../../../../shared/chart");
const withoutIt = existsSync(realChart) ? "" : " (skipped: the real chart's data is not in ../shared/chart)";

describe("the versions of the chart's components", () => {
  type Yaml = Record<string, unknown>;
  const read = (chart: string, file: string) => parse(readFileSync(resolve(realChart, chart, file), "utf8")) as Yaml;

  (withoutIt === "" ? it : it.skip)(`are the versions of the pinned chart${withoutIt}`, () => {
    const found = Object.keys(subCharts).map((chart) => [chart, read(chart, "Chart.yaml").version]);
    assert.deepEqual(Object.fromEntries(found), subCharts);
    const charts = [prometheusChart.name, ...Object.keys(subCharts)];
    const tags = new Set(charts.map((chart) => String(read(chart, "Chart.yaml").appVersion).replace(/^v?/, "v")));
    assert.deepEqual(new Set(Object.values(chartImages).map(({ tag }) => tag)), tags);
  });

  (withoutIt === "" ? it : it.skip)(`are the versions of the images in the rendered chart${withoutIt}`, () => {
    const rendered = readFileSync(resolve(realChart, "rendered-defaults.yaml"), "utf8");
    const images = [...rendered.matchAll(/^ +image: "?([^"\n]+)"?$/gm)].map(([, image]) => image);
    // The reloader is left out: Prometheus watches its own files.
    const ours = images.filter((image) => !image?.includes("config-reloader"));
    assert.deepEqual(
      ours.sort(),
      Object.values(chartImages)
        .map(({ repository, tag }) => `${repository}:${tag}`)
        .sort(),
    );
  });
});
