import assert from "node:assert/strict";
import { writtenPath } from "../configuration/finding";
import { errorsOf, samples } from "./corpus/alertmanager/read";
import { weAccept } from "./corpus/alertmanager/verdicts";

describe("Alertmanager configurations of the corpus", () => {
  it("are at least forty good ones and forty bad ones", () => {
    assert.ok(samples("good").length >= 40);
    assert.ok(samples("bad").length >= 40);
  });

  for (const sample of samples("good")) {
    it(`good: ${sample.name.replaceAll("-", " ")}`, () => {
      assert.deepEqual(errorsOf(sample), []);
    });
  }

  for (const sample of samples("bad")) {
    it(`bad: ${sample.name.replaceAll("-", " ")}`, () => {
      const found = errorsOf(sample).map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);
      assert.equal(found.length === 0, sample.name in weAccept, found.join("\n"));
      for (const secret of ["hunter2", "XXXX", "0000"]) assert.ok(!found.join("\n").includes(secret), found.join("\n"));
    });
  }
});
