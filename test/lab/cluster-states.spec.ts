import * as assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { builtInRuleGroups, catalog } from "../../alerts/catalog";
import { findPrograms, programPath } from "../../lab/programs/find";
import { promtoolTest } from "../states/promtool-test";
import { type ClusterState, clusterStates, healthySeries } from "../states/read";

const project = path.resolve(__dirname, "../..");
const healthy: ClusterState = {
  state: "The cluster is healthy",
  kubePrometheus: [],
  length: "60m",
  without: [],
  series: [],
  fires: [],
};

describe("the built-in alerts, in the states of a cluster that docs/coverage.md lists", function () {
  const ruleFiles = [...new Set(builtInRuleGroups().map(({ file }) => path.join(project, file)))];
  let directory: string;
  let promtool: string;

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    const programs = await findPrograms(["promtool"], (line) => process.stderr.write(`    ${line}\n`));
    promtool = programPath(programs, "promtool");
    directory = await mkdtemp(path.join(tmpdir(), "alerting-states-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function play(name: string, states: readonly ClusterState[]): Promise<void> {
    const file = path.join(directory, `${name}.yaml`);
    const tests = states.map((state) => promtoolTest(state, healthySeries()));
    await writeFile(file, stringify({ rule_files: ruleFiles, evaluation_interval: "3m", tests }));
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { stdout, stderr, exitCode } = await execa(promtool, ["test", "rules", file], { reject: false });
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
  }

  it("do not fire while the cluster is healthy", () => play("healthy", [healthy]));

  for (const { area, states } of clusterStates())
    it(`fire as the table says, and no other alert does: ${area}`, () => play(area, states));

  it("each fire in a state", () => {
    const fired = clusterStates().flatMap(({ states }) => states.flatMap(({ fires }) => fires));
    const others = catalog().filter(({ name, severity }) => severity !== "none" && !fired.includes(name));
    assert.deepEqual(
      others.map(({ name }) => name),
      [],
    );
  });
});
