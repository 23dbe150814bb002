import * as assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { catalog, type BuiltInAlert, builtInRuleGroups } from "../../alerts/catalog";
import { withThreshold } from "../../alerts/adjustable-threshold";
import { tunedRuleGroups } from "../../alerts/tuning";
import { alertmanagerConfig, messageTemplates } from "../../values/alertmanager-config";
import { settings } from "../support/settings";
import { withProgram } from "../support/lab/with-program";

type Threshold = NonNullable<BuiltInAlert["threshold"]>;

const project = path.resolve(__dirname, "../..");
const tests = path.join(project, "alerts", "rules", "tests");
const testFile = z.looseObject({
  tests: z.array(
    z.looseObject({
      input_series: z.array(z.unknown()),
      alert_rule_test: z.array(z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })).default([]),
    }),
  ),
});

/**
 * The alerts that a test file expects to fire or to stay silent. An alert without any series does not count as silent.
 */
async function casesOf(file: string): Promise<{ alert: string; fires: boolean }[]> {
  const read = testFile.parse(parse(await readFile(path.join(tests, file), "utf8")));
  return read.tests.flatMap((test) =>
    test.alert_rule_test
      .map(({ alertname, exp_alerts }) => ({ alert: alertname, fires: exp_alerts.length > 0 }))
      .filter(({ fires }) => fires || test.input_series.length > 0),
  );
}

/** Removes all tests except threshold tests from a folder's files, to save time; returns the files that have any. */
async function thresholdTests(folder: string): Promise<string[]> {
  const left: string[] = [];
  for (const file of await readdir(folder)) {
    const name = path.join(folder, file);
    // All values are parsed as strings, because in these tests `0x20` means a series of zeros, not a number.
    const content = testFile.parse(parse(await readFile(name, "utf8"), { schema: "failsafe" }));
    const tests = content.tests.filter((test) => String(test["name"]).startsWith("the threshold of "));
    await writeFile(name, stringify({ ...content, tests }, { schema: "failsafe" }));
    if (tests.length > 0) left.push(name);
  }
  return left;
}

describe("the alert rules, checked by promtool and amtool", function () {
  let directory: string;
  const promtool = withProgram("promtool");
  const amtool = withProgram("amtool");

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "alerting-rules-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function run(command: string, ...args: string[]): Promise<string> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { stdout } = await execa(command, args, { cwd: path.join(project, "alerts", "rules") });
    return stdout;
  }

  async function written(name: string, text: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, text);
    return file;
  }

  it("are accepted by Prometheus", async () => {
    const files = (await readdir(path.join(project, "alerts", "rules"))).filter((file) => file.endsWith(".yaml"));
    assert.ok(files.length > 0);
    await run(promtool(), "check", "rules", "--lint=all", "--lint-fatal", ...files);
  });

  it("fire and stay silent as their tests say", async () => {
    const files = (await readdir(tests)).map((file) => path.join("tests", file));
    assert.ok(files.length > 0);
    await run(promtool(), "test", "rules", ...files);
  });

  it("each have a test in which the alert fires, and one in which it stays silent although there are series", async () => {
    const cases = (await Promise.all((await readdir(tests)).map(casesOf))).flat();
    const untested = (fires: boolean) =>
      catalog()
        .map(({ name }) => name)
        .filter((name) => !cases.some((one) => one.alert === name && one.fires === fires));
    assert.deepEqual(untested(true), []);
    assert.deepEqual(untested(false), []);
  });

  it("have a test for every threshold, which fails if the threshold changes", async () => {
    const { execa } = await import("execa");
    const withThresholds = catalog().filter(({ threshold }) => threshold !== undefined);
    // A count changes by half, which is more than `increase` extrapolates. Any other threshold changes by a tenth.
    for (const other of [
      ({ value, unit }: Threshold) => (value === 0 ? 1000 : unit.whole ? value * 1.5 : value * 1.1),
      ({ value, unit }: Threshold) => (value === 0 ? -1 : unit.whole ? value * 0.5 : value * 0.9),
    ]) {
      const rules = path.join(directory, "changed");
      await cp(path.join(project, "alerts", "rules"), rules, { recursive: true });
      for (const { file, group } of builtInRuleGroups()) {
        const changed = group.rules.map((rule) => {
          const own = withThresholds.find(({ name }) => "alert" in rule && name === rule.alert);
          return own ? { ...rule, expr: withThreshold(own.expr, own.threshold!, other(own.threshold!)) } : rule;
        });
        const name = path.join(rules, path.basename(file));
        const { groups } = parse(await readFile(name, "utf8")) as { groups: { name: string }[] };
        const all = groups.map((one) => (one.name === group.name ? { ...group, rules: changed } : one));
        await writeFile(name, stringify({ groups: all }));
      }
      const files = await thresholdTests(path.join(rules, "tests"));
      const { exitCode, all } = await execa(promtool(), ["test", "rules", ...files], {
        cwd: rules,
        reject: false,
        all: true,
      });
      assert.equal(exitCode, 1, all);
      const caught = [...all.matchAll(/alertname=\\?"(\w+)\\?"/g)].map(([, name]) => name);
      assert.deepEqual(
        withThresholds.map(({ name }) => name).filter((name) => !caught.includes(name)),
        [],
        'write a test with the name "the threshold of <alert>", and a case on either side of it, under alerts/rules/tests',
      );
    }
  });

  it("are accepted by Prometheus as they are deployed, with durations from the settings", async () => {
    const sent = tunedRuleGroups({
      alerts: {},
      instanceDownFor: "90s",
      jobDownFor: "60s",
      runbookUrl: "https://git.example/alerting",
      off: new Set(),
    });
    const file = await written("sent.yaml", stringify({ groups: sent.map(({ group }) => group) }));
    await run(promtool(), "check", "rules", "--lint=all", "--lint-fatal", file);
  });

  it("come with a configuration that Alertmanager accepts", async () => {
    const config = alertmanagerConfig(settings({ slack: { httpProxy: "http://proxy.example:3128" } }));
    const file = await written(
      "alertmanager.yml",
      stringify({ ...config, templates: [path.join(directory, "*.tmpl")] }),
    );
    await written("slack.tmpl", messageTemplates()["slack.tmpl"]!);
    assert.match(await run(amtool(), "check-config", file), /SUCCESS/);
  });
});
