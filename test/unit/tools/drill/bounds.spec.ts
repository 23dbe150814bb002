import * as assert from "node:assert/strict";
import {
  anyFiringBounds,
  firingBounds,
  isLate,
  resolvedBounds,
  sinceLastScrapeBounds,
} from "../../../../tools/drill/bounds";
import { defaultTiming, type Timing, timingOf } from "../../../../tools/stack/timing";

function timing(
  scrape: number,
  scrapeTimeout: number,
  evaluation: number,
  down: number,
  groupWait: number,
  groupInterval = 60,
): Timing {
  return { scrape, scrapeTimeout, evaluation, down, groupWait, groupInterval };
}

/** The profile and its timing, then min, avg and max (in seconds) for refused connections and for lost packets. */
const rows: [name: string, timing: Timing, reset: [number, number, number], drop: [number, number, number]][] = [
  ["the chart's defaults with `for: 1m`", timing(60, 10, 60, 60, 10), [70, 130, 190], [80, 140, 200]],
  ["prompt", timing(15, 5, 15, 30, 10), [40, 55, 70], [45, 60, 75]],
  ["default", timing(15, 5, 15, 60, 10), [70, 85, 100], [75, 90, 105]],
  ["a slower scrape", timing(15, 10, 15, 60, 10), [70, 85, 100], [80, 95, 110]],
  ["a noisy network", timing(15, 5, 15, 120, 30), [150, 165, 180], [155, 170, 185]],
  ["a fast lab", timing(5, 3, 5, 10, 1), [11, 16, 21], [14, 19, 24]],
];

describe("the time limits from a failure to its message", () => {
  for (const [name, given, reset, drop] of rows) {
    it(`are ${reset.join(", ")} s for ${name}, plus the scrape timeout if packets are lost`, () => {
      const of = ({ min, avg, max }: { min: number; avg: number; max: number }) => [min, avg, max];
      assert.deepEqual(of(firingBounds(given, "reset")), reset);
      assert.deepEqual(of(firingBounds(given, "drop")), drop);
      const any = anyFiringBounds(given);
      assert.deepEqual([any.min, any.max], [reset[0], drop[2]]);
    });
  }

  it("round `for` up to whole evaluations", () => {
    assert.equal(firingBounds(timing(15, 5, 15, 20, 10), "reset").min, 40);
    assert.equal(firingBounds(timing(15, 5, 15, 30, 10), "reset").min, 40);
    assert.equal(firingBounds(timing(1, 1, 0.1, 0.3, 0), "reset").min, 3 * 0.1);
  });

  it("have no pending time without a `for`", () => {
    assert.equal(firingBounds(timing(15, 5, 15, 0, 10), "reset").min, 10);
  });

  it("start one scrape later if they are counted from the last good scrape, and end at the same time", () => {
    const given = timing(15, 5, 15, 60, 10);
    const since = sinceLastScrapeBounds(given);
    assert.equal(since.min, firingBounds(given, "reset").min + 15);
    assert.equal(since.max, firingBounds(given, "drop").max);
    assert.equal(since.avg, (since.min + since.max) / 2);
  });

  it("allow a scrape, an evaluation and the group interval for a resolved alert", () => {
    assert.equal(resolvedBounds(timing(15, 5, 15, 60, 10, 60)).max, 90);
    assert.equal(resolvedBounds(timing(15, 5, 15, 60, 10, 300)).max, 330);
  });

  it("tolerate one second, and no more", () => {
    assert.equal(isLate(71, { min: 40, max: 70 }), false);
    assert.equal(isLate(71.1, { min: 40, max: 70 }), true);
  });
});

describe("the timing of a stack", () => {
  const settings = {
    scrapeInterval: "15s",
    evaluationInterval: "15s",
    instanceDownFor: "1m",
    groupWait: "10s",
    groupInterval: "1m",
  };

  it("is read from its settings, in seconds", () => {
    assert.deepEqual(timingOf(settings), defaultTiming);
    assert.equal(timingOf({ ...settings, instanceDownFor: "1m30s" }).down, 90);
  });

  it("uses a scrape timeout of 5 s, or the scrape interval if that is shorter", () => {
    assert.equal(timingOf({ ...settings, scrapeInterval: "2s" }).scrapeTimeout, 2);
    assert.equal(timingOf({ ...settings, scrapeTimeout: "10s" }).scrapeTimeout, 10);
  });
});
