import assert from "node:assert/strict";
import { writtenPath } from "../../../validation/finding";
import { everyValue, isMap, listOf, mapOf, plainData, valueAt } from "../../../validation/plain-data";

const lines = (value: unknown) =>
  plainData(value).findings.map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);

describe("plain data", () => {
  it("is copied completely, including `null` and `undefined` items, and shares no object with the original", () => {
    const shared = [{ b: 1 }];
    const value = { a: shared, c: shared, d: null, e: [undefined, "x"] };
    const { copy, findings } = plainData(value);
    assert.deepEqual([copy, findings], [value, []]);
    const { a, c } = copy as typeof value;
    a[0]!.b = 2;
    assert.deepEqual([c[0]!.b, shared[0]!.b], [1, 1]);
  });

  it("is checked: each value that is not plain data is reported and left out", () => {
    const circle: Record<string, unknown> = { kept: 1 };
    circle.self = [circle];
    const value = { circle, run: () => 1, id: 1n, size: NaN, date: new Date(0), map: new Map(), nothing: undefined };
    assert.deepEqual(lines(value), [
      "circle.self[0]: contains itself; write the value out.",
      "run: is a function, which no configuration can hold; write a string or a number.",
      "id: is a bigint, which no configuration can hold; write a string or a number.",
      "size: is NaN, which no configuration can hold; write a number.",
      "date: is an object of a class (an Output, a Date ...); write the plain value.",
      "map: is an object of a class (an Output, a Date ...); write the plain value.",
    ]);
    assert.deepEqual(plainData(value).copy, { circle: { kept: 1, self: [undefined] } });
  });

  it("has no key that leads to the runtime's objects", () => {
    const value = JSON.parse(
      '{"__proto__":{"polluted":1},"a":[{"constructor":{"prototype":{"polluted":1}}}]}',
    ) as object;
    assert.deepEqual(lines(value), [
      "__proto__: is not a valid key; remove it.",
      "a[0].constructor: is not a valid key; remove it.",
    ]);
    assert.deepEqual(plainData(value).copy, { a: [{}] });
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("is copied only down to a maximum depth", () => {
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level++) deep = { a: deep };
    assert.deepEqual(lines(deep), ["a.a.a.a.a.a.a.a: is nested more than 64 levels deep, which nothing here needs."]);
  });

  it("is read by path, and only through own keys", () => {
    const value = { a: [{ "b.c": 1 }] };
    assert.equal(valueAt(value, ["a", 0, "b.c"]), 1);
    assert.equal(valueAt(value, ["a", 1, "b.c"]), undefined);
    assert.equal(valueAt(value, ["toString"]), undefined);
    assert.equal(valueAt("text", ["length"]), undefined);
    assert.deepEqual([mapOf(value), mapOf([1]), listOf([1]), listOf(value)], [value, {}, [1], []]);
    assert.deepEqual([isMap({}), isMap([]), isMap(null)], [true, false, false]);
  });

  it("is traversed from the root down, without the skipped parts", () => {
    const value = { a: [1, { b: 2 }], c: { d: 3 } };
    const paths = (skips?: Parameters<typeof everyValue>[2]) =>
      [...everyValue(value, [], skips)].map(({ path }) => writtenPath(path));
    assert.deepEqual(paths(), ["", "a", "a[0]", "a[1]", "a[1].b", "c", "c.d"]);
    assert.deepEqual(
      paths((path) => path.at(-1) === "a"),
      ["", "a", "c", "c.d"],
    );
  });
});
