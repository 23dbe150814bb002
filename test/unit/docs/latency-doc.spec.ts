import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { timingNames } from "../../../settings/timing";
import { type Bounds, type Death, firingBounds, resolvedBounds } from "../../../tools/drill/bounds";
import { type Timing, timingOf } from "../../../tools/stack/timing";
import { settings } from "../../support/settings";

/** The cells of the tables on the page, by the text in the first column. */
const rows = new Map(
  readFileSync(join(__dirname, "../../..", "docs", "latency.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, first, ...cells]) => [first!, cells.slice(0, -1)]),
);

/** An expected row, with a value for each timing profile. */
const row = (figure: (timing: Timing) => number) =>
  timingNames.map((timing) => `${figure(timingOf(settings({ alerts: { timing } }).alerts))} s`);

describe("docs/latency.md", () => {
  it("has a column for each timing profile", () => {
    const columns = timingNames.map((name) => `\`${name}\``);
    assert.deepEqual(rows.get("from the stop to the message"), columns);
    assert.deepEqual(rows.get("part")?.slice(1), columns);
  });

  it("shows the parts of the latency that the settings define", () => {
    const part = (name: string) => rows.get(name)?.slice(1);
    assert.deepEqual(
      part("W_s"),
      row(({ scrape }) => scrape),
    );
    assert.deepEqual(
      part("X"),
      row(({ scrapeTimeout }) => scrapeTimeout),
    );
    assert.deepEqual(
      part("W_e"),
      row(({ evaluation }) => evaluation),
    );
    assert.deepEqual(
      part("E * ceil(F / E)"),
      row(({ down }) => down),
    );
    assert.deepEqual(
      part("G"),
      row(({ groupWait }) => groupWait),
    );
  });

  for (const [death, title] of [
    ["reset", "connection refused"],
    ["drop", "packets vanish"],
  ] as [Death, string][]) {
    it(`has the limits that the drill computes for this failure: ${title}`, () => {
      const cells = (figure: (bounds: Bounds) => number) => row((timing) => figure(firingBounds(timing, death)));
      assert.deepEqual(
        rows.get(`at least, ${title}`),
        cells(({ min }) => min),
      );
      assert.deepEqual(
        rows.get(`on average, ${title}`),
        cells(({ avg }) => avg),
      );
      assert.deepEqual(
        rows.get(`at most, ${title}`),
        cells(({ max }) => max),
      );
    });
  }

  it("has the limit for the resolved message", () => {
    const title = "from the return to the resolved message, at most";
    assert.deepEqual(
      rows.get(title),
      row((timing) => resolvedBounds(timing).max),
    );
  });
});
