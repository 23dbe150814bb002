import assert from "node:assert/strict";
import { writtenPath } from "../../../validation/finding";
import { errorsOf, samples } from "../../fixtures/corpus/alertmanager/read";
import { weAccept } from "../../fixtures/corpus/alertmanager/verdicts";

const junk = [null, "yes", -1, [], { a: [{}] }, "{{"];

/** Every copy of a configuration with one value replaced by another. */
function* mutated(value: unknown, other: unknown): Generator<{ copy: unknown; path: (string | number)[] }> {
  yield { copy: other, path: [] };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const { copy, path } of mutated(inner, other)) {
      const whole = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
      (whole as Record<string, unknown>)[key] = copy;
      yield { copy: whole, path: [Array.isArray(value) ? Number(key) : key, ...path] };
    }
  }
}

/** Whether a path lies in a part of the configuration that may contain any JSON. */
const isFree = (path: readonly (string | number)[]) =>
  path.includes("payload") || path.slice(0, -1).some((key) => key === "details" || key === "fields");

describe("Alertmanager configurations of the corpus", () => {
  it("include at least forty valid and forty invalid ones", () => {
    assert.ok(samples("good").length >= 40);
    assert.ok(samples("bad").length >= 40);
  });

  for (const sample of samples("good")) {
    it(`include a valid sample that is accepted: ${sample.name.replaceAll("-", " ")}`, () => {
      assert.deepEqual(errorsOf(sample), []);
    });
  }

  for (const sample of samples("bad")) {
    it(`include an invalid sample that gets the expected verdict: ${sample.name.replaceAll("-", " ")}`, () => {
      const found = errorsOf(sample).map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);
      assert.equal(found.length === 0, sample.name in weAccept, found.join("\n"));
      for (const secret of ["hunter2", "XXXX", "0000"]) assert.ok(!found.join("\n").includes(secret), found.join("\n"));
    });
  }

  it("are checked without an exception whatever value is replaced, and `null` is refused", function () {
    let count = 0;
    for (const sample of samples("good")) {
      for (const other of junk) {
        for (const { copy, path } of mutated(sample.config, other)) {
          const found = errorsOf({ ...sample, config: copy });
          count++;
          if (other === null && !isFree(path))
            assert.ok(found.length > 0, `${sample.name}: ${writtenPath(path)} may hold nothing`);
        }
      }
    }
    console.log(`      ${count} configurations`);
  });
});
