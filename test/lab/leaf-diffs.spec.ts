import * as assert from "node:assert/strict";
import { EXAMPLE, exampleConfig, leavesOf, ONE_LEAF_CHANGES, oneLeafOf } from "../../lab/leaf-diffs";
import type { StackRun, Step } from "../../lab/stack";

const path = 'values.serverFiles["alerting_rules.yml"].groups[0].rules[1].for';
const inputs = (duration: string) => ({
  values: { serverFiles: { "alerting_rules.yml": { groups: [{ rules: [{}, { for: duration }] }] } } },
});
const release: Step = {
  operation: "update",
  type: "kubernetes:helm.sh/v3:Release",
  name: "prometheus",
  changedPaths: [path],
  old: inputs("1m"),
  now: inputs("2m"),
};
const service: Step = { ...release, type: "kubernetes:core/v1:Service", name: "prometheus-nlb" };

function run(...steps: Step[]): StackRun {
  return { changes: {}, steps, diagnostics: [], output: "", logFile: "engine/a.log" };
}

describe("the one leaf that a preview changes", () => {
  it("is read from the engine's diff with the value before and after", () => {
    const expected = { title: "a rule", path: path.replace("values.", ""), old: "1m", now: "2m" };
    assert.deepEqual(oneLeafOf(run(release), "a rule"), expected);
  });

  it("is refused where a second leaf or another resource changes, or none", () => {
    const two = { ...release, changedPaths: [path, "values.server.replicaCount"] };
    assert.throws(() => oneLeafOf(run(two), "a rule"), /should change one leaf, but changes .*server\.replicaCount/);
    assert.throws(
      () => oneLeafOf(run(release, service), "a rule"),
      /shows update kubernetes:core\/v1:Service prometheus-nlb/,
    );
    assert.throws(() => oneLeafOf(run(), "a rule"), /no update of the release/);
    assert.throws(() => oneLeafOf(run({ ...release, operation: "replace" }), "a rule"), /no update of the release/);
  });

  it("lets the named resources change too where they may", () => {
    assert.equal(leavesOf(run(release, service), "a secret", ["prometheus-nlb"]).length, 1);
  });

  it("is tried with changes that differ from the example in one value each", () => {
    const text = (change = {}) => JSON.stringify(exampleConfig(change));
    for (const { change } of ONE_LEAF_CHANGES) {
      assert.equal(Object.keys(change).length, 1);
      assert.notEqual(text(change), text());
      assert.equal(text({ ...change, ...EXAMPLE }), text());
    }
  });
});
