import * as assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { checkRuleGroups } from "../../prometheus/check-rules";
import { expressionsRefusedHereAlone, onlyPromtoolRefuses, refusedHereAlone } from "../fixtures/corpus/rules/verdicts";
import { withProgram } from "../support/lab/with-program";

const corpus = path.resolve(__dirname, "../fixtures/corpus/rules");

/** Whether the program accepts the rule groups. */
function isTaken(groups: unknown): boolean {
  return !checkRuleGroups(groups).some(({ severity }) => severity === "error");
}

describe("the program's check of rules, compared with promtool", function () {
  const promtool = withProgram("promtool");

  /** The given files that promtool accepts. */
  async function takenByPromtool(files: readonly string[]): Promise<Set<string>> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const { stdout, stderr } = await execa(promtool(), ["check", "rules", "--lint=none", ...files], { reject: false });
    assert.equal(stdout.match(/^Checking /gm)?.length, files.length);
    // Each error starts with the file's name. If a file only has a lint warning, the warning does not.
    const refused = new Set([...stderr.matchAll(/^(\S+\.yaml): /gm)].map((match) => match[1]));
    assert.ok(refused.size > 0 || !stderr.includes("FAILED"));
    return new Set(files.filter((file) => !refused.has(file)));
  }

  async function verdicts(kind: "good" | "bad"): Promise<{ name: string; here: boolean; promtool: boolean }[]> {
    const files = (await readdir(path.join(corpus, kind))).map((file) => path.join(corpus, kind, file));
    const taken = await takenByPromtool(files);
    return Promise.all(
      files.map(async (file) => {
        const { groups } = parse(await readFile(file, "utf8")) as { groups: unknown };
        return { name: path.parse(file).name, here: isTaken(groups), promtool: taken.has(file) };
      }),
    );
  }

  it("accepts every valid file, and so does promtool", async () => {
    const all = await verdicts("good");
    assert.deepEqual(
      all.filter(({ here, promtool: there }) => !here || !there),
      [],
    );
  });

  it("refuses every invalid file, and so does promtool, except for the files in the two tables", async () => {
    const all = await verdicts("bad");
    const names = (some: typeof all) => some.map(({ name }) => name).sort();
    assert.deepEqual(names(all.filter(({ here }) => here)), Object.keys(onlyPromtoolRefuses).sort());
    assert.deepEqual(names(all.filter(({ promtool: there }) => there)), Object.keys(refusedHereAlone).sort());
  });

  it("accepts and refuses the same expressions as promtool, except for the expressions in the table", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "alerting-expressions-"));
    try {
      const lines = (await readFile(path.join(corpus, "expressions.txt"), "utf8"))
        .split("\n")
        .filter((line) => line !== "");
      const all = lines.map((expr, index) => ({
        expr,
        file: path.join(directory, `${index}.yaml`),
        groups: [{ name: "corpus", rules: [{ record: "corpus", expr }] }],
      }));
      await Promise.all(all.map(({ file, groups }) => writeFile(file, stringify({ groups }))));
      const taken = await takenByPromtool(all.map(({ file }) => file));
      const differ = (here: boolean) =>
        all.filter(({ file, groups }) => isTaken(groups) === here && taken.has(file) !== here).map(({ expr }) => expr);
      assert.deepEqual(differ(true), []);
      assert.deepEqual(differ(false).sort(), Object.keys(expressionsRefusedHereAlone).sort());
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
