import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInAlert } from "../../../alerts/catalog";
import { projectRoot } from "../../../conventions/project-root";
import { coveragePage } from "../../states/page";
import { promtoolTest } from "../../states/promtool-test";
import { type ClusterState, clusterStates } from "../../states/read";

const state: ClusterState = {
  state: "A node is gone",
  kubePrometheus: [],
  length: "30m",
  without: [],
  series: [],
  fires: ["InstanceDown"],
};
const healthy = [
  { series: 'up{job="a", instance="1"}', values: "1xN" },
  { series: 'up{job="b", instance="1"}', values: "0+60xN" },
];

describe("docs/coverage.md", () => {
  it("has the states under test/states", () => {
    const page = readFileSync(join(projectRoot, "docs", "coverage.md"), "utf8");
    assert.ok(page === coveragePage(), "docs/coverage.md differs from test/states: run `npm run docs`");
  });

  it("names each state once, and only alerts that exist", () => {
    const states = clusterStates().flatMap((area) => area.states);
    const names = states.map((one) => one.state);
    assert.deepEqual(names, [...new Set(names)]);
    const unknown = states.flatMap(({ fires }) => fires).filter((alert) => builtInAlert(alert) === undefined);
    assert.deepEqual(unknown, []);
  });
});

describe("a state of the cluster", () => {
  it("replaces the series with the same name and labels, in any order, and adds the others", () => {
    const series = [
      { series: 'up{instance="1", job="a"}', values: "1x10 0xN" },
      { series: 'up{job="c"}', values: "1xN" },
    ];
    assert.deepEqual(promtoolTest({ ...state, series }, healthy)["input_series"], [
      { series: 'up{job="b", instance="1"}', values: "0+60x30" },
      { series: 'up{instance="1", job="a"}', values: "1x10 0x30" },
      { series: 'up{job="c"}', values: "1x30" },
    ]);
  });

  it("removes the series that match, and refuses an expression that matches none", () => {
    const without = ['job="b"'];
    assert.deepEqual(promtoolTest({ ...state, without }, healthy)["input_series"], [
      { series: 'up{job="a", instance="1"}', values: "1x30" },
    ]);
    assert.throws(() => promtoolTest({ ...state, without: ['job="d"'] }, healthy), /A node is gone: no healthy series/);
  });
});
