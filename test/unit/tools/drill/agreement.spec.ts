import * as assert from "node:assert/strict";
import { configurationWarnings, memberWarnings, silenceGaps } from "../../../../tools/drill/agreement";
import type { HeldSilence } from "../../../../tools/drill/alertmanager-api";

const of = <T>(...answers: T[]) => answers.map((answer, index) => ({ name: `am-${index}`, answer }));
const silences = (...ids: string[]) => ids.map((id) => ({ id }) as HeldSilence);

describe("Alertmanagers that should agree", () => {
  it("are reported if they do not see each other", () => {
    assert.deepEqual(memberWarnings(of({ members: 3 }, { members: 3 }, { members: 3 }), 3), []);
    const [told, ...more] = memberWarnings(of({ members: 2 }, { members: 1 }), 2);
    assert.deepEqual(more, []);
    assert.match(told!, /^am-1 sees 1 of 2 Alertmanagers, so messages may be sent twice: .* 9094/);
  });

  it("are reported if one lacks a silence that others have", () => {
    assert.deepEqual(silenceGaps(of(silences("a", "b"), silences("b", "a"))), []);
    assert.deepEqual(silenceGaps(of(silences("a", "b"), silences("b"), [])), [
      "am-1 does not have the silence a, which another Alertmanager has, and may send what it mutes.",
      "am-2 does not have the silences a, b, which another Alertmanager has, and may send what they mute.",
    ]);
  });

  it("are reported if one has another configuration than the others", () => {
    assert.deepEqual(configurationWarnings(of(1, 1)), []);
    assert.deepEqual(configurationWarnings(of(undefined, 1)), [], "an unknown one is not compared");
    assert.match(configurationWarnings(of(1, 2, 1)).join(), /^am-1 runs another configuration than am-0: /);
  });
});
