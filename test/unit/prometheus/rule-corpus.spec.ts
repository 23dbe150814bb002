import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { type Finding, writtenPath } from "../../../validation/finding";
import { checkRuleGroups } from "../../../prometheus/check-rules";
import { onlyPromtoolRefuses, refusedHereAlone } from "../../fixtures/corpus/rules/verdicts";

const corpus = path.join(__dirname, "../../fixtures/corpus", "rules");

function files(kind: "good" | "bad"): string[] {
  return readdirSync(path.join(corpus, kind)).sort();
}

function errorsOf(kind: "good" | "bad", file: string): Finding[] {
  const { groups } = parse(readFileSync(path.join(corpus, kind, file), "utf8")) as { groups: unknown };
  return checkRuleGroups(groups).filter(({ severity }) => severity === "error");
}

describe("the corpus of rule files", () => {
  it("has at least 40 valid and 40 invalid files", () => {
    assert.ok(files("good").length >= 40 && files("bad").length >= 40);
  });

  it("contains every file that the tables of verdicts name", () => {
    const names = files("bad").map((file) => path.parse(file).name);
    const told = [...Object.keys(onlyPromtoolRefuses), ...Object.keys(refusedHereAlone)];
    assert.deepEqual(
      told.filter((name) => !names.includes(name)),
      [],
    );
  });

  for (const file of files("good")) {
    it(`has the valid file ${file}, which is accepted`, () => assert.deepEqual(errorsOf("good", file), []));
  }

  for (const file of files("bad")) {
    const isTaken = path.parse(file).name in onlyPromtoolRefuses;
    it(`has the invalid file ${file}, which is ${isTaken ? "accepted, as the table says" : "refused"}`, () => {
      const errors = errorsOf("bad", file);
      assert.equal(errors.length === 0, isTaken);
      for (const { path: at, sentence } of errors) {
        assert.match(sentence, /^[a-z].*[^.?][.?]$/s, `${writtenPath(at)}: ${sentence}`);
      }
    });
  }
});
