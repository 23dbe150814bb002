import * as assert from "node:assert/strict";
import { diffProperties, propertyPath } from "../../lab/stand-ins/diff";
import {
  containsUnknown,
  fromStruct,
  secret,
  toStruct,
  unknownValue,
  withoutSecrets,
} from "../../lab/stand-ins/properties";
import type { Properties } from "../../lab/stand-ins/properties";

describe("the stand-ins' comparison of inputs", () => {
  const rules = (duration: string): Properties => ({
    values: {
      serverFiles: { "alerting_rules.yml": { groups: [{ name: "AllInstances", rules: [{ for: duration }] }] } },
    },
  });

  it("names the changed leaf, as the engine writes paths", () => {
    const [change, ...more] = diffProperties(rules("1m"), rules("2m"));
    assert.deepEqual(more, []);
    assert.equal(change?.path, 'values.serverFiles["alerting_rules.yml"].groups[0].rules[0].for');
    assert.equal(change?.kind, "update");
  });

  it("finds added and removed values, also in lists", () => {
    const changes = diffProperties({ a: 1, list: [1, 2] }, { b: 1, list: [1] });
    assert.deepEqual(
      changes.map(({ path, kind }) => `${kind} ${path}`),
      ["delete a", "delete list[1]", "add b"],
    );
  });

  it("counts an unknown value as changed, even if it was unknown before", () => {
    assert.equal(diffProperties({ a: unknownValue }, { a: unknownValue }).length, 1);
  });

  it("requires a replacement for a change of a property that cannot change in place, and of its parents and children", () => {
    const replaces = (olds: Properties, news: Properties): boolean[] =>
      diffProperties(olds, news, { replaceOn: ["spec.csi"] }).map(({ replace }) => replace);
    assert.deepEqual(replaces({ spec: { csi: { driver: "a" } } }, { spec: { csi: { driver: "b" } } }), [true]);
    assert.deepEqual(replaces({ spec: { csi: 1 } }, {}), [true]);
    assert.deepEqual(replaces({ spec: { csiOther: 1 } }, { spec: { csiOther: 2 } }), [false]);
  });

  it("quotes keys that are not plain names", () => {
    assert.equal(propertyPath(["metadata", "labels", "a/b", 0]), 'metadata.labels["a/b"][0]');
  });
});

describe("the stand-ins' property values", () => {
  it("are the same after encoding and decoding, except for undefined keys", () => {
    const value = { a: [1, null, { b: "c" }], e: secret("x") };
    assert.deepEqual(fromStruct(toStruct({ ...value, d: undefined })), value);
  });

  it("lose their secret envelopes at every depth", () => {
    assert.deepEqual(withoutSecrets({ a: [secret({ b: secret("c") })] }), { a: [{ b: "c" }] });
  });

  it("are unknown if one leaf is unknown", () => {
    assert.equal(containsUnknown({ a: [{ b: unknownValue }] }), true);
    assert.equal(containsUnknown({ a: [{ b: "known" }] }), false);
  });
});
