import * as assert from "node:assert/strict";
import { Exposition, nameOf, placeholder } from "../../../bench/scale/exposition";
import { lineThrough, type Figures, scaleTable, sumOf } from "../../../bench/scale/figures";
import { cadvisorText, kubeletText } from "../../../bench/scale/kubelet";
import { seriesOf, targetsOf, templatesOf } from "../../../bench/scale/targets";

const text = `# HELP node_cpu_seconds_total Seconds.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 100.5
# TYPE kube_pod_info gauge
kube_pod_info{node="${placeholder}",uid="1"} 1
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1"} 200
wait_seconds_bucket{le="+Inf"} 200
wait_seconds_sum 40
wait_seconds_count 200
# TYPE broken gauge
broken NaN
`;

describe("the benchmark of one Prometheus and many nodes", () => {
  it("serves an exporter's text under the name of each node", () => {
    const exposition = new Exposition(text, 100);
    assert.equal(exposition.series, 7);
    assert.equal(exposition.render(nameOf(42), 0), text.replace(placeholder, "n00042"));
  });

  it("lets counters grow in proportion, and keeps other values", () => {
    const served = new Exposition(text, 100).render(nameOf(1), 50);
    assert.match(served, /^node_cpu_seconds_total\{cpu="0",mode="idle"\} 150\.75$/m);
    assert.match(served, /^wait_seconds_bucket\{le="1"\} 300$/m);
    assert.match(served, /^wait_seconds_count 300$/m);
    assert.match(served, /^kube_pod_info\{node="n00001",uid="1"\} 1$/m);
    assert.match(served, /^broken NaN$/m);
  });

  it("serves as many series of kubelets as real kubelets have, each once", () => {
    for (const [name, served, least, most] of [
      ["kubelet", kubeletText(20), 1800, 2400],
      ["cadvisor", cadvisorText(20), 2500, 3600],
    ] as const) {
      const series = served.split("\n").filter((line) => !line.startsWith("#"));
      assert.ok(series.length >= least && series.length <= most, `${name} has ${series.length} series`);
      const names = series.map((line) => line.replace(/ \S+$/, ""));
      assert.equal(new Set(names).size, names.length, `${name} has a series twice`);
    }
  });

  it("has three targets for each node, and the same other targets for every size", () => {
    assert.equal(targetsOf(100).length - targetsOf(10).length, 3 * 90);
    assert.equal(new Set(targetsOf(300).map(({ job, address }) => `${job} ${address}`)).size, targetsOf(300).length);
    const captured = { nodeExporter: text, objectsOfNode: text, otherObjects: text, apiServer: text };
    const templates = templatesOf(captured, 2);
    const each = seriesOf(2, templates) - seriesOf(1, templates);
    assert.equal(seriesOf(1, templates), each + 4 * 7);
  });

  it("marks rows that were not measured, and computes them from a line through the others", () => {
    const like = (nodes: number): Figures => ({
      nodes,
      remoteWrite: false,
      series: 1000 * nodes,
      samplesPerSecond: 100 * nodes,
      memory: 50 + 4 * nodes,
      mostMemory: 60 + 5 * nodes,
      liveHeap: 2 * nodes,
      processor: 0.01 * nodes,
      rules: 0.001 * nodes,
      slowestGroup: 0.001 * nodes,
      missedEvaluations: 0,
      longestScrape: 0.01 * nodes,
      targetsDown: 0,
      sentPerSecond: 0,
      waiting: 0,
    });
    const figures = [like(10), like(100)];
    const line = lineThrough(figures, ({ memory }) => memory);
    assert.equal(line?.base.toFixed(3), "50.000");
    const row = scaleTable(figures, [{ nodes: 1000, series: 1_000_000 }]).split("\n")[4];
    assert.match(
      row ?? "",
      /^\| 1,000, extrapolated \| no \| 1,000,000 \| 100,000 \| 4,050 \| 5,060 \| 2,000 \| 10\.00 \|/,
    );
  });

  it("adds up all series of a metric, and no others", () => {
    assert.equal(sumOf('a{b="c"} 1\na{b="d"} 2\nab 5\n# a 7\n', "a"), 3);
  });
});
