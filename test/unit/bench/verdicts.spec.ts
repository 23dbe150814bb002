import assert from "node:assert/strict";
import { randomFrom } from "../../../bench/random";
import { read } from "../../../bench/verdicts/corpus";
import { alertmanagerConfigs, matchers } from "../../../bench/verdicts/kinds/alertmanager";
import { prometheusFiles } from "../../../bench/verdicts/kinds/prometheus-file";
import { expressions, ruleFiles, textsOfAlerts } from "../../../bench/verdicts/kinds/rules";
import { purposeOf } from "../../../bench/verdicts/on-purpose";
import { smallest } from "../../../bench/verdicts/shrink";
import { treeMutation } from "../../../bench/verdicts/trees";
import { vocabularyOf } from "../../../bench/verdicts/vocabulary";
import type { Finding } from "../../../validation/finding";
import { checkRuleGroups } from "../../../prometheus/check-rules";
import { errorsOf, samples } from "../../fixtures/corpus/alertmanager/read";
import { amtoolAccepts } from "../../fixtures/corpus/alertmanager/verdicts";
import { refusedHereAlone } from "../../fixtures/corpus/rules/verdicts";

const isError = ({ severity }: Finding) => severity === "error";

describe("the inputs that the verdict benchmark mutates", () => {
  for (const kind of [textsOfAlerts, ruleFiles, prometheusFiles, matchers, alertmanagerConfigs]) {
    it(`are valid before the mutation: ${kind.name}`, () => {
      for (const seed of kind.seeds)
        assert.deepEqual(kind.check(seed).filter(isError), [], JSON.stringify(seed).slice(0, 200));
    });
  }

  for (const kind of [expressions, ruleFiles, prometheusFiles, alertmanagerConfigs]) {
    it(`are mutated in the same way for the same seed, and stay unchanged themselves: ${kind.name}`, () => {
      const before = JSON.stringify(kind.seeds);
      const some = (seed: number) => {
        const next = randomFrom(seed);
        return kind.seeds.slice(0, 50).map((one) => kind.mutated(one, next));
      };
      assert.deepEqual(some(1), some(1));
      assert.notDeepEqual(some(1), some(2));
      assert.equal(JSON.stringify(kind.seeds), before);
    });
  }

  it("are changed only in the allowed places", () => {
    const tree = { kept: { a: 1 }, changed: { b: [1, 2] } };
    const words = vocabularyOf([tree], { changed: { c: "bool" } });
    const mutated = treeMutation(words, (path) => path[0] === "changed" && path.length > 1);
    const next = randomFrom(1);
    for (let times = 0; times < 200; times++) assert.deepEqual(mutated(tree, next).kept, tree.kept);
  });
});

describe("a deliberate refusal", () => {
  const strays = (findings: readonly Finding[]) =>
    findings.filter((finding) => isError(finding) && purposeOf(finding) === undefined);

  it("is known to the benchmark if the tests list it", () => {
    for (const sample of samples("bad").filter(({ name }) => name in amtoolAccepts))
      assert.deepEqual(strays(errorsOf(sample)), [], sample.name);
    for (const name of Object.keys(refusedHereAlone)) {
      const { groups } = read("rules/bad", `${name}.yaml`);
      assert.deepEqual(strays(checkRuleGroups(groups)), [], name);
    }
  });
});

describe("the reduced input that shows a difference", () => {
  it("has only parts that are needed for the difference", async () => {
    const stillSo = (parts: readonly unknown[]) =>
      Promise.resolve(parts.map((part) => /"x":\{[^}]*"y":1/.test(JSON.stringify(part))));
    assert.deepEqual(await smallest({ a: [1, { b: 2 }], x: { z: 3, y: 1 } }, stillSo), { x: { y: 1 } });
    const hasSign = (parts: readonly string[]) => Promise.resolve(parts.map((part) => part.includes("{")));
    assert.equal(await smallest("some text { and more", hasSign), "{");
  });
});
