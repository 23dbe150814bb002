import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { copyRuleFolder, groupsOfRuleFolder } from "../../lab/user-rules";

const text = "groups:\n  - name: Own\n    rules:\n      - alert: BuiltInAlert\n        expr: up == 0\n";

describe("the folder of rules that the settings in `CONFIG` name", () => {
  let directory: string;
  const project = () => path.join(directory, "project");
  const inLab = (...parts: string[]) => path.join(directory, "lab", ...parts);

  beforeEach(async () => {
    directory = await fs.mkdtemp(path.join(tmpdir(), "given-rules-"));
    await fs.mkdir(path.join(project(), "ops", "rules", "tests"), { recursive: true });
    await fs.writeFile(path.join(project(), "ops", "rules", "own.yaml"), text);
    await fs.writeFile(path.join(project(), "ops", "rules", "tests", "own.yaml"), "no rules");
    await fs.writeFile(path.join(project(), "Pulumi.yaml"), "name: mine\n");
    await fs.mkdir(inLab());
    await fs.writeFile(inLab("Pulumi.yaml"), "name: lab\n");
    await fs.mkdir(path.join(directory, "elsewhere"));
  });
  afterEach(() => fs.rm(directory, { recursive: true }));

  it("is copied into the lab's project under the same name", async () => {
    await copyRuleFolder({ "alerting:rules": { folder: "ops/rules" } }, project(), inLab());
    assert.deepEqual(await fs.readdir(inLab("ops", "rules")), ["own.yaml"]);
    assert.equal(await fs.readFile(inLab("ops", "rules", "own.yaml"), "utf8"), text);
  });

  it("is not copied if the program will refuse it, and never replaces the lab's own files", async () => {
    for (const rules of [undefined, {}, { folder: 7 }, { folder: "nowhere" }, { folder: "../elsewhere" }]) {
      await copyRuleFolder({ "alerting:rules": rules }, project(), inLab());
    }
    assert.deepEqual(await fs.readdir(inLab()), ["Pulumi.yaml"]);
    await copyRuleFolder({ "alerting:rules": { folder: "." } }, project(), inLab());
    assert.equal(await fs.readFile(inLab("Pulumi.yaml"), "utf8"), "name: lab\n");
  });

  it("contributes rule groups, whose alerts may fire in an idle lab", () => {
    const [group, ...others] = groupsOfRuleFolder({ "alerting:rules": { folder: "ops/rules" } }, project());
    assert.equal((group as { name: string }).name, "Own");
    assert.deepEqual(others, []);
    assert.deepEqual(groupsOfRuleFolder({}, project()), []);
  });
});
