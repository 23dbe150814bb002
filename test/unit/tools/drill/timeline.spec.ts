import * as assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { sinceLastScrapeBounds } from "../../../../tools/drill/bounds";
import { type DrillReport, exitCodes, stage, missing, outcomeOf } from "../../../../tools/drill/report";
import { reportText } from "../../../../tools/drill/table";
import { defaultTiming } from "../../../../tools/stack/timing";
import { drawSvg } from "../../../../tools/drill/timeline/svg";
import { writePictures } from "../../../../tools/drill/timeline/write";

const report: DrillReport = {
  kind: "node",
  id: "worker-1",
  subject: "Drill: InstanceDown of worker-1",
  environment: "dev",
  cluster: "dev-cluster",
  startedAt: "2026-01-01T00:00:00.000Z",
  way: "a port-forward to pod monitoring/prometheus-alertmanager-0",
  receivers: ["slack"],
  stages: [
    stage("scrape finds it down", 0, 15.2, { min: 15, max: 20 }),
    stage("pending", 15.2, 22, { min: 0, max: 15 }),
    stage("firing", 22, 82.1, { min: 60, max: 60 }),
    stage("group wait", 82.1, 92.1, { min: 10, max: 10 }),
    stage("last good scrape to message", 0, 92.4, sinceLastScrapeBounds(defaultTiming)),
    stage("Slack answers, resolved", 120, 205, { min: 0, max: 75 }),
  ],
  outcome: "late",
  proof: ["firing: one was sent, and the answer was good."],
  failures: [],
};

const hostile = '</svg><script>document.title="mine"</script>&"\'';

describe("a drill's report", () => {
  it("has the verdict of its worst stage; an early stage does not fail it", () => {
    const early = stage("a", 0, 1, { min: 10, max: 10 });
    assert.equal(early.verdict, "early");
    assert.equal(outcomeOf([early, stage("b", 0, 1, { min: 0, max: 5 })]), "delivered");
    const late = stage("c", 0, 9, { min: 0, max: 5 });
    assert.equal(outcomeOf([early, late]), "late");
    assert.equal(outcomeOf([late, missing("d", 0, { min: 0, max: 1 }, "unclear")]), "unclear");
    assert.equal(outcomeOf([late, missing("d", 0, { min: 0, max: 1 })]), "failed");
  });

  it("has a different exit code for each outcome: delivered, late, failed, unclear and interrupted", () => {
    assert.equal(new Set(Object.values(exitCodes)).size, 5);
    assert.equal(exitCodes.delivered, 0);
  });

  it("is a table of stages, limits and verdicts, without colors outside a terminal", () => {
    const text = reportText(report);
    assert.match(text, /scrape finds it down +│ +15\.2 s │ +15\.0 to 20\.0 s │ ok/);
    assert.match(text, /Slack answers, resolved +│ +85\.0 s │ +at most 75\.0 s │ late/);
    assert.match(text, /Delivered, but late, to slack\. Exit code 3\./);
    assert.ok(!text.includes("\u001b"));
  });
});

describe("the drill's picture", () => {
  const svg = drawSvg(report);

  it("shows the title, the stages with their durations, and the limits", () => {
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const wanted of [report.subject, "Scrape finds it down", "15.2 s", "85.0 s", "allowed", "average"]) {
      assert.ok(texts.includes(wanted), `${wanted} is not in ${texts.join(" | ")}`);
    }
    assert.ok(texts.some((text) => text?.includes("delivered, but late")));
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it("draws a stage that never finished as a cross, without a time", () => {
    const failed = { ...report, stages: [missing("group wait", 3, { min: 10, max: 10 })] };
    const drawn = drawSvg(failed);
    assert.match(drawn, /#b42318/);
    assert.doesNotMatch(drawn, /NaN/);
  });

  it("can draw a report without stages, and a very long name", () => {
    assert.doesNotMatch(drawSvg({ ...report, stages: [], subject: "x".repeat(500) }), /NaN|x{100}/);
  });

  it("escapes markup in names", () => {
    const drawn = drawSvg({ ...report, subject: hostile, stages: [{ ...report.stages[0]!, name: hostile }] });
    assert.doesNotMatch(drawn, /<script/);
    assert.match(drawn, /&lt;script&gt;/);
  });

  describe("written to files", function () {
    let directory: string;
    before(async () => {
      directory = await mkdtemp(path.join(tmpdir(), "drill-picture-"));
      await writePictures(report, path.join(directory, "new", "there"));
    });
    after(() => rm(directory, { recursive: true, force: true }));
    const file = (name: string) => path.join(directory, "new", "there", name);

    it("is a PNG image whose pixels are not all white", async () => {
      const png = await readFile(file("timeline.png"));
      assert.deepEqual(
        [...png.subarray(1, 4)],
        [..."PNG"].map((letter) => letter.charCodeAt(0)),
      );
      assert.equal(png.readUInt32BE(16), 2000, "twice as wide as the SVG");
      assert.ok(png.length > 20_000);
    });

    it("opens in a browser without network requests and without overlapping words", async function () {
      const executablePath = findBrowser();
      if (executablePath === undefined) {
        process.stderr.write("      no chromium or google-chrome is on the PATH: the picture was not looked at\n");
        return this.skip();
      }
      const browser = await chromium.launch({
        executablePath,
        args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
      });
      try {
        const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });
        const asked: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        const complaints: string[] = [];
        page.on("console", (message) => complaints.push(message.text()));
        const url = pathToFileURL(file("timeline.svg")).href;
        await page.goto(url);
        const box = await page.locator("svg").boundingBox();
        assert.ok(box !== null && box.width > 900);
        assert.equal(await page.locator("svg text", { hasText: "Group wait" }).isVisible(), true);
        assert.deepEqual(await overlaps(page), [], "no two texts of the picture cover each other");
        assert.deepEqual(asked, [url]);
        assert.deepEqual(complaints, []);
      } finally {
        await browser.close();
      }
    });
  });
});

/** Pairs of overlapping words in the picture. */
async function overlaps(page: import("playwright-core").Page): Promise<string[]> {
  const texts = await page.locator("svg text").all();
  const boxes = await Promise.all(
    texts.map(async (one) => ({ text: await one.innerHTML(), box: await one.boundingBox() })),
  );
  return boxes.flatMap(({ text, box }, index) =>
    boxes.slice(index + 1).flatMap((other) => {
      if (box === null || other.box === null) return [];
      const apart =
        box.x + box.width <= other.box.x ||
        other.box.x + other.box.width <= box.x ||
        box.y + box.height <= other.box.y ||
        other.box.y + other.box.height <= box.y;
      return apart ? [] : [`${text} / ${other.text}`];
    }),
  );
}

function findBrowser(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const directories = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return directories
    .flatMap((directory) => names.map((name) => path.join(directory, name)))
    .find((candidate) => {
      try {
        accessSync(candidate, constants.X_OK);
        return true;
      } catch {
        // The file does not exist or is not executable.
        return false;
      }
    });
}
