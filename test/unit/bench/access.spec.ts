import * as assert from "node:assert/strict";
import { interruptionMarkdown, longestGap, timesMarkdown, type Window } from "../../../bench/access/figures";

describe("the results of the access benchmark", () => {
  it("count the time before the first message and after the last as silence, and ignore messages outside the window", () => {
    assert.equal(longestGap([1_000, 2_000, 9_000], 1_500, 10_000), 7_000);
    assert.equal(longestGap([], 0, 5_000), 5_000);
    assert.equal(longestGap([4_000, 1_000], 0, 5_000), 3_000, "in whatever order they came");
  });

  const window = (change: string, silentSeconds: number, told = 20): Window => ({
    ...{ change, silentSeconds, begun: 20, told },
    ...{ slowestSeconds: 10, beatSeconds: 11, upSeconds: 15 },
  });

  it("have one line per kind of change: the median, the worst value, and the number of lost messages", () => {
    const [, , nothing, on] = interruptionMarkdown([
      window("nothing", 0.1),
      window("on", 9),
      window("nothing", 0.3),
      window("on", 12, 19),
      window("nothing", 0.2),
      window("on", 10),
    ]).split("\n");
    assert.equal(nothing, "| nothing | 3 | 0.2 / 0.3 | 60 | 0 | 10.0 / 10.0 | 11.0 / 11.0 | 15.0 / 15.0 |");
    assert.equal(on, "| on | 3 | 10.0 / 12.0 | 60 | 1 | 10.0 / 10.0 | 11.0 / 11.0 | 15.0 / 15.0 |");
  });

  it("compare the times of each program with the times of the first program", () => {
    const times = (program: string, factor: number) => ({
      ...{ program, resources: 40 },
      ...{ previews: [4 * factor, 5 * factor, 6 * factor], ups: [20 * factor] },
    });
    const [, , , closed] = timesMarkdown([times("before", 1), times("closed", 1.2)]).split("\n");
    assert.equal(closed, "| closed | 40 | 6.0 (4.8 to 7.2) | 1.20 | 24.0 (24.0 to 24.0) | 1.20 |");
  });
});
