import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withCredentialFiles } from "../../alertmanager/credentials";
import { findPrograms, programPath } from "../../lab/programs/find";
import { errorsOf, type Sample, samples } from "../fixtures/corpus/alertmanager/read";
import { amtoolAccepts, weAccept } from "../fixtures/corpus/alertmanager/verdicts";

describe("our verdict on Alertmanager configurations, beside amtool's", function () {
  let directory: string;
  /** By the sample's name, what amtool says of it where it refuses it. */
  let refusals: Map<string, string>;

  before(async function () {
    // A first run builds the program.
    this.timeout("30m");
    const programs = await findPrograms(["amtool"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "alertmanager-corpus-"));
    refusals = await amtoolRefuses(programPath(programs, "amtool"), [...samples("good"), ...samples("bad")]);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** As the chart writes it: out of the object, so that YAML's older readings of the file play no part. */
  async function written({ name, config, templates }: Sample): Promise<string> {
    const text = JSON.stringify(withCredentialFiles(config), null, 1);
    // The template of this sample alone, where the chart would put it.
    const pattern = JSON.stringify(path.join(directory, `${name}.tmpl`));
    for (const [file, template] of Object.entries(templates)) await writeFile(path.join(directory, file), template);
    const file = path.join(directory, `${name}.yaml`);
    await writeFile(file, text.replaceAll('"/etc/alertmanager/*.tmpl"', pattern));
    return file;
  }

  /** One by one, because amtool crashes on some of them. */
  async function amtoolRefuses(amtool: string, all: readonly Sample[]): Promise<Map<string, string>> {
    // An ES module that tsx cannot load otherwise.
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

  it("amtool takes every good one, and so do we", () => {
    for (const sample of samples("good")) {
      assert.equal(refusals.get(sample.name), undefined, sample.name);
      assert.deepEqual(errorsOf(sample), [], sample.name);
    }
  });

  it("both refuse every bad one, but for those of which the reason is listed", () => {
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
