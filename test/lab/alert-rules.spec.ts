import * as assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { catalogue } from "../../alerts/catalogue";
import { tunedRuleGroups } from "../../alerts/tuning";
import { alertmanagerConfig, messageTemplates } from "../../components/alertmanagerConfig";
import { findPrograms, programPath } from "../../lab/programs/find";

const project = path.resolve(__dirname, "../..");
const tests = path.join(project, "rules", "tests");
const testFile = z.looseObject({
  tests: z.array(
    z.looseObject({
      input_series: z.array(z.unknown()),
      alert_rule_test: z.array(z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })).default([]),
    }),
  ),
});

/** What a file of tests expects of which alert; to be silent where there is nothing at all does not count. */
async function casesOf(file: string): Promise<{ alert: string; fires: boolean }[]> {
  const read = testFile.parse(parse(await readFile(path.join(tests, file), "utf8")));
  return read.tests.flatMap((test) =>
    test.alert_rule_test
      .map(({ alertname, exp_alerts }) => ({ alert: alertname, fires: exp_alerts.length > 0 }))
      .filter(({ fires }) => fires || test.input_series.length > 0),
  );
}

describe("rules and messages, by the programs that read them", function () {
  let directory: string;
  let promtool: string;
  let amtool: string;

  before(async function () {
    // A first run builds the programs.
    this.timeout("30m");
    const programs = await findPrograms(["promtool", "amtool"], (line) => process.stderr.write(`    ${line}\n`));
    promtool = programPath(programs, "promtool");
    amtool = programPath(programs, "amtool");
    directory = await mkdtemp(path.join(tmpdir(), "alerting-rules-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function run(command: string, ...args: string[]): Promise<string> {
    // An ES module that tsx cannot load otherwise.
    const { execa } = await import("execa");
    const { stdout } = await execa(command, args, { cwd: path.join(project, "rules") });
    return stdout;
  }

  async function written(name: string, text: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, text);
    return file;
  }

  it("every rule file is one that Prometheus takes", async () => {
    const files = (await readdir(path.join(project, "rules"))).filter((file) => file.endsWith(".yaml"));
    assert.ok(files.length > 0);
    await run(promtool, "check", "rules", "--lint=all", "--lint-fatal", ...files);
  });

  it("every rule fires and stays silent where its tests say so", async () => {
    const files = (await readdir(tests)).map((file) => path.join("tests", file));
    assert.ok(files.length > 0);
    await run(promtool, "test", "rules", ...files);
  });

  it("every alert has a test in which it fires, and one in which it stays silent though there are series", async () => {
    const cases = (await Promise.all((await readdir(tests)).map(casesOf))).flat();
    const untested = (fires: boolean) =>
      catalogue()
        .map(({ name }) => name)
        .filter((name) => !cases.some((one) => one.alert === name && one.fires === fires));
    assert.deepEqual(untested(true), []);
    assert.deepEqual(untested(false), []);
  });

  it("the rules as they are sent, durations of the settings included, are ones that Prometheus takes", async () => {
    const sent = tunedRuleGroups({
      alerts: {},
      instanceDownFor: "90s",
      jobDownFor: "60s",
      runbookUrl: "https://git.example/alerting",
      off: new Set(),
    });
    const file = await written("sent.yaml", stringify({ groups: sent.map(({ group }) => group) }));
    await run(promtool, "check", "rules", "--lint=all", "--lint-fatal", file);
  });

  it("Alertmanager takes its configuration", async () => {
    const config = alertmanagerConfig({
      channel: "#monitoring",
      httpProxy: "http://proxy.example:3128",
      groupWait: "10s",
      groupInterval: "1m",
      repeatInterval: "4h",
      receivers: [],
      routes: [],
      inhibitRules: [],
      timeIntervals: [],
    });
    const file = await written(
      "alertmanager.yml",
      stringify({ ...config, templates: [path.join(directory, "*.tmpl")] }),
    );
    await written("slack.tmpl", messageTemplates()["slack.tmpl"]!);
    assert.match(await run(amtool, "check-config", file), /SUCCESS/);
  });
});
