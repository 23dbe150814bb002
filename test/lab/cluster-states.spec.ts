import * as assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { builtInRuleGroups, catalog } from "../../alerts/catalog";
import { projectRoot } from "../../conventions/project-root";
import { promtoolTest } from "../states/promtool-test";
import { type ClusterState, clusterStates, healthySeries } from "../states/read";
import { withProgram } from "../support/lab/with-program";

const areas = clusterStates();
const usual = healthySeries();
const healthy: ClusterState = {
  state: "The cluster is healthy",
  kubePrometheus: [],
  length: "60m",
  without: [],
  series: [],
  fires: [],
};

describe("the built-in alerts, in the states of a cluster that docs/coverage.md lists", function () {
  const ruleFiles = [...new Set(builtInRuleGroups().map(({ file }) => path.join(projectRoot, file)))];
  let directory: string;
  const promtool = withProgram("promtool");

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "alerting-states-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function play(name: string, states: readonly ClusterState[]): Promise<void> {
    const file = path.join(directory, `${name}.yaml`);
    const tests = states.map((state) => promtoolTest(state, usual));
    await writeFile(file, stringify({ rule_files: ruleFiles, evaluation_interval: "3m", tests }));
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { stdout, stderr, exitCode } = await execa(promtool(), ["test", "rules", file], { reject: false });
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
  }

  it("do not fire while the cluster is healthy", () => play("healthy", [healthy]));

  for (const { area, states } of areas)
    it(`fire as the table says, and no other alert does: ${area}`, () => play(area, states));

  it("each fire in a state", () => {
    const fired = areas.flatMap(({ states }) => states.flatMap(({ fires }) => fires));
    const others = catalog().filter(({ name, severity }) => severity !== "none" && !fired.includes(name));
    assert.deepEqual(
      others.map(({ name }) => name),
      [],
    );
  });
});
