import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_OPTIONS } from "../../bench/alerts/options";
import { runBench } from "../../bench/alerts/run";
import { findPrograms } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/program";

describe("the alert benchmark", function () {
  let programs: Programs;
  let directory: string;

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    programs = await findPrograms(["helm", "prometheus", "alertmanager"], (line) =>
      process.stderr.write(`    ${line}\n`),
    );
    directory = await mkdtemp(join(tmpdir(), "bench-alerts-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it("stops a target, and finds exactly one firing message and one resolved message", async () => {
    const said: string[] = [];
    const options = { ...DEFAULT_OPTIONS, profiles: ["fast" as const], deployments: 1, stops: 1, linger: false };
    const { signal } = new AbortController();
    const { figures, verdicts } = await runBench(options, {
      directory,
      programs,
      signal,
      say: (line) => said.push(line),
    });
    const [fast] = figures;
    // These times depend on how busy the machine is, so this test does not compare them with limits.
    const measured = {
      ...{ outside: undefined, told: undefined, resolved: undefined, overhead: undefined },
      ...{ meanRatio: undefined, passed: undefined },
    };
    assert.deepEqual(
      { ...fast, ...measured },
      {
        profile: "fast",
        times: { scrape: 2, scrapeTimeout: 2, evaluation: 2, down: 6, groupWait: 1, groupInterval: 5 },
        stops: 1,
        deployments: 1,
        lost: 0,
        duplicates: 0,
        falseAlerts: [],
        window: { min: 7, avg: 9, max: 11 },
        resolvedWithin: 9,
        ...measured,
      },
    );
    assert.ok((fast?.told?.mean ?? 0) >= 7, "no sooner than its intervals allow");
    assert.ok(Number.isFinite(fast?.overhead?.mean));
    assert.equal(verdicts.length, 1);
    assert.match(said.join("\n"), /fast 1\/1; lost 0, duplicates 0, false alerts 0/);
    const left = await readdir(join(directory, "fast-1-1"));
    assert.ok(!left.includes("secrets") && !left.includes("tsdb"), left.join(" "));
  });
});
