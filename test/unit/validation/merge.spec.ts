import assert from "node:assert/strict";
import { mergeValues } from "../../../validation/merge";

describe("an override merged over values", () => {
  for (const [title, base, override, expected] of [
    ["merges maps at any depth", { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 3 } } }, { a: { b: { c: 3, d: 2 } } }],
    ["replaces lists whole", { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ["keeps `null`, with which Helm deletes a default", { a: { b: 1 } }, { a: { b: null } }, { a: { b: null } }],
    [
      "replaces a map by a value of another type, and such a value by a map",
      { a: { b: 1 }, c: 1 },
      { a: 1, c: { d: 1 } },
      { a: 1, c: { d: 1 } },
    ],
    ["adds new keys", { a: 1 }, { b: { c: [] } }, { a: 1, b: { c: [] } }],
    ["ignores keys whose value is `undefined`", { a: 1 }, { a: undefined, b: undefined }, { a: 1 }],
    [
      "keeps `false`, 0 and the empty string",
      { a: true, b: 1, c: "x" },
      { a: false, b: 0, c: "" },
      { a: false, b: 0, c: "" },
    ],
  ] as const) {
    it(title, () => {
      assert.deepEqual(mergeValues(base, override), expected);
    });
  }

  it("changes neither input, and shares no object with the override", () => {
    const base = { a: { b: 1 } };
    const override = { a: { c: [{ d: 1 }] } };
    const merged = mergeValues(base, override) as { a: { c: { d: number }[] } };
    merged.a.c[0]!.d = 2;
    assert.deepEqual([base, override], [{ a: { b: 1 } }, { a: { c: [{ d: 1 }] } }]);
  });

  it("never changes the JavaScript runtime's objects", () => {
    const merged = mergeValues(
      {},
      JSON.parse('{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}}}}') as object,
    );
    assert.deepEqual(merged, { a: {} });
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("lets `null` delete everything below it if requested", () => {
    const merged = mergeValues(
      { a: { b: 1, c: 1 }, d: 1 },
      { a: { b: null, e: null }, d: null },
      { nullDeletes: true },
    );
    assert.deepEqual(merged, { a: { c: 1, e: null } });
  });
});
