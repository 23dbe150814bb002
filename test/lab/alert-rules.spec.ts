import * as assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { tunedRuleGroups } from "../../alerts/tuning";
import { alertmanagerConfig, messageTemplates } from "../../components/alertmanagerConfig";
import { findPrograms, programPath } from "../../lab/programs/find";

const project = path.resolve(__dirname, "../..");

describe("rules and messages, by the programs that read them", function () {
  this.timeout("30s");
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
    const files = (await readdir(path.join(project, "rules", "tests"))).map((file) => path.join("tests", file));
    assert.ok(files.length > 0);
    await run(promtool, "test", "rules", ...files);
  });

  it("the rules as they are sent, durations of the settings included, are ones that Prometheus takes", async () => {
    const sent = tunedRuleGroups({
      alerts: {},
      instanceDownFor: "90s",
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
