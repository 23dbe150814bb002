import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withCredentialFiles } from "../../alertmanager/credentials";
import { errorsOf, type Sample, samples } from "../fixtures/corpus/alertmanager/read";
import { amtoolAccepts, weAccept } from "../fixtures/corpus/alertmanager/verdicts";
import { withProgram } from "../support/lab/with-program";

describe("the program's check of Alertmanager configurations, compared with amtool", function () {
  const amtool = withProgram("amtool");
  let directory: string;
  /** amtool's error message for each sample that it refuses, by the sample's name. */
  let refusals: Map<string, string>;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "alertmanager-corpus-"));
    refusals = await amtoolRefuses(amtool(), [...samples("good"), ...samples("bad")]);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** Writes the sample as the chart does, from the object, so that differences between YAML versions do not matter. */
  async function written({ name, config, templates }: Sample): Promise<string> {
    const text = JSON.stringify(withCredentialFiles(config), null, 1);
    // The only template is this sample's, at the path where the chart would put it.
    const pattern = JSON.stringify(path.join(directory, `${name}.tmpl`));
    for (const [file, template] of Object.entries(templates)) await writeFile(path.join(directory, file), template);
    const file = path.join(directory, `${name}.yaml`);
    await writeFile(file, text.replaceAll('"/etc/alertmanager/*.tmpl"', pattern));
    return file;
  }

  /** Checks samples one by one, because amtool crashes on some of them. */
  async function amtoolRefuses(amtool: string, all: readonly Sample[]): Promise<Map<string, string>> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const refused = new Map<string, string>();
    const left = [...all];
    const work = async () => {
      for (let sample = left.pop(); sample !== undefined; sample = left.pop()) {
        const answer = await execa(amtool, ["check-config", await written(sample)], { reject: false });
        if (answer.failed) refused.set(sample.name, /FAILED: (.*)/.exec(answer.stdout)?.[1] ?? answer.stderr);
      }
    };
    await Promise.all(Array.from({ length: 4 }, work));
    return refused;
  }

  it("accepts every valid sample, and so does amtool", () => {
    for (const sample of samples("good")) {
      assert.equal(refusals.get(sample.name), undefined, sample.name);
      assert.deepEqual(errorsOf(sample), [], sample.name);
    }
  });

  it("refuses every invalid sample, and so does amtool, except for the samples that are listed with a reason", () => {
    const bad = samples("bad");
    const accepted = (by: (sample: Sample) => boolean) => bad.filter(by).map(({ name }) => name);
    assert.deepEqual(
      accepted((sample) => errorsOf(sample).length === 0),
      Object.keys(weAccept).sort(),
    );
    assert.deepEqual(
      accepted(({ name }) => !refusals.has(name)),
      Object.keys(amtoolAccepts).sort(),
    );
  });
});
